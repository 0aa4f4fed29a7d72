package io.afnio4j.serial;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes a tree as JSON. Each value has one form only, and maps keep their order, so equal trees give equal bytes. */
final class TreeWriter {

    private final JsonGenerator json;
    private final ReadLimits limits;
    private final Place place;
    private final Deque<Object> path = new ArrayDeque<>(); // map keys and list indices, from the root to here
    private int nodes;

    private TreeWriter(JsonGenerator json, ReadLimits limits, Place place) {
        this.json = json;
        this.limits = limits;
        this.place = place;
    }

    static byte[] write(Object root, ReadLimits limits, Place place) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.generator(bytes, limits)) {
            new TreeWriter(json, limits, place).value(root);
        }
        return bytes.toByteArray();
    }

    private void value(@Nullable Object value) {
        nodes++;
        if (nodes > limits.nodes()) {
            throw tooLarge("more than " + limits.nodes() + " values");
        }
        Kind kind = Kind.of(value);
        if (value == null) {
            json.writeNull();
        } else if (kind == null) {
            throw unstorable("A " + value.getClass().getName());
        } else {
            switch (kind) {
                case TEXT -> json.writeString(text((String) value));
                case INTEGER -> json.writeNumber(((Number) value).longValue());
                case REAL -> real((Double) value);
                case BOOLEAN -> json.writeBoolean((Boolean) value);
                case LIST -> list((List<?>) value);
                case MAP -> map((Map<?, ?>) value);
                case VARIABLE, PARAMETER -> variable((Variable) value, kind);
                case MESSAGE -> message((Message) value);
            }
        }
    }

    private void list(List<?> list) {
        goDown();
        json.writeStartArray();
        int index = 0;
        for (Object element : list) {
            member(index++, element);
        }
        json.writeEndArray();
    }

    private void map(Map<?, ?> map) {
        goDown();
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String name)) {
                throw unstorable("A map key that isn't a text");
            }
            field(name.startsWith(Json.MARK) ? Json.MARK + name : name, entry.getValue());
        }
        json.writeEndObject();
    }

    /**
     * Numbers that JSON doesn't have are written as objects. All others keep their point or exponent, which tells them
     * from whole numbers.
     */
    private void real(double value) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
            return;
        }
        startTyped(Kind.REAL);
        field("value", Double.toString(value));
        json.writeEndObject();
    }

    private void variable(Variable variable, Kind kind) {
        Value now = variable.value();
        startTyped(kind);
        field("role", now.role());
        field("requiresGrad", variable.requiresGrad());
        field("data", now.data());
        List<Variable> grad = variable.isLeaf() ? variable.grad() : List.of();
        if (!grad.isEmpty()) {
            field("grad", grad);
        }
        json.writeEndObject();
    }

    private void message(Message message) {
        startTyped(Kind.MESSAGE);
        field("role", message.role());
        field("parts", message.parts());
        json.writeEndObject();
    }

    private void startTyped(Kind kind) {
        goDown();
        json.writeStartObject();
        field(Json.TYPE, kind.label());
    }

    private void field(String name, @Nullable Object value) {
        json.writeName(text(name));
        member(name, value);
    }

    /** Writes a value one step further down the tree. */
    private void member(Object step, @Nullable Object value) {
        path.addLast(step);
        value(value);
        path.removeLast();
    }

    private void goDown() {
        if (json.streamWriteContext().getNestingDepth() >= limits.depth()) {
            throw tooLarge("more than " + limits.depth() + " levels (does a list or map hold itself?)");
        }
    }

    private String text(String text) {
        if (text.length() > limits.textLength()) {
            throw tooLarge("a text of " + text.length() + " chars where " + limits.textLength() + " are allowed");
        }
        return text;
    }

    private String at() {
        return Json.at(path.stream().map(step -> "/" + step).collect(Collectors.joining()));
    }

    private RuntimeException tooLarge(String what) {
        return place.bad("can't be written: the tree has " + what + " " + at()
                + "; store less, or write and read it with larger ReadLimits");
    }

    private RuntimeException unstorable(String what) {
        return new IllegalArgumentException(
                what + " can't be stored (" + at()
                        + "). A .hf file holds texts, whole and real numbers, booleans, null, variables, messages, and lists and maps of these.");
    }
}
