package io.afnio4j.serial;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.BadFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Reads a tree from JSON that anyone may have written. The parser guards the length of texts and numbers, this class
 * counts levels and values, and what isn't part of the format is refused with its place in the tree. Fields of a
 * variable that this version doesn't know are ignored.
 */
final class TreeReader {

    private final JsonParser json;
    private final ReadLimits limits;
    private final Place place;
    private final String entry;
    private int nodes;

    private TreeReader(JsonParser json, ReadLimits limits, Place place, String entry) {
        this.json = json;
        this.limits = limits;
        this.place = place;
        this.entry = entry;
    }

    static @Nullable Object read(byte[] bytes, String entry, ReadLimits limits, Place place) {
        try (JsonParser json = Json.parser(bytes, limits)) {
            TreeReader reader = new TreeReader(json, limits, place, entry);
            Object root = reader.value(json.nextToken());
            if (json.nextToken() != null) {
                throw place.bad("has something behind the end of its " + entry + "; restore a copy that is whole");
            }
            return root;
        } catch (StreamConstraintsException beyond) {
            throw place.bad(
                    "holds a text of more than " + limits.textLength()
                            + " chars, or a number too long to be one; if you trust it, read it with larger ReadLimits",
                    beyond);
        } catch (JacksonException malformed) {
            throw place.bad("holds a " + entry + " that isn't valid JSON; restore a copy that is whole", malformed);
        }
    }

    private @Nullable Object value(@Nullable JsonToken token) {
        nodes++;
        if (nodes > limits.nodes()) {
            throw beyond(limits.nodes() + " values");
        }
        if (json.streamReadContext().getNestingDepth() > limits.depth()) {
            throw beyond(limits.depth() + " levels");
        }
        if (token == null) {
            throw place.bad("holds an empty " + entry + "; restore a copy that is whole");
        }
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> json.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> whole();
            case VALUE_NUMBER_FLOAT -> real();
            case START_ARRAY -> list();
            case START_OBJECT -> object();
            default -> throw bad("something that is no value");
        };
    }

    private long whole() {
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw bad("a whole number beyond 64 bits");
        }
        return json.getLongValue();
    }

    private double real() {
        double value = json.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw bad("a real number beyond the range of a double");
        }
        return value;
    }

    private List<@Nullable Object> list() {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            list.add(value(token));
        }
        return Collections.unmodifiableList(list);
    }

    private Object object() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (fields.containsKey(name)) {
                throw bad("the same key twice");
            }
            fields.put(name, value(json.nextToken()));
        }
        return fields.containsKey(Json.TYPE) ? typed(fields) : map(fields);
    }

    private Map<String, @Nullable Object> map(Map<String, @Nullable Object> fields) {
        if (fields.keySet().stream().noneMatch(name -> name.startsWith(Json.MARK))) {
            return Collections.unmodifiableMap(fields);
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (name.startsWith(Json.MARK) && !name.startsWith(Json.MARK + Json.MARK)) {
                throw bad("the unknown mark '" + Place.shown(name) + "'");
            }
            map.put(name.startsWith(Json.MARK) ? name.substring(1) : name, value);
        });
        return Collections.unmodifiableMap(map);
    }

    private Object typed(Map<String, @Nullable Object> fields) {
        Kind kind = Kind.named(fields.get(Json.TYPE));
        if (kind == Kind.REAL) {
            return specialReal(fields.get("value"));
        }
        if (kind == Kind.VARIABLE || kind == Kind.PARAMETER) {
            return variable(fields, kind);
        }
        if (kind == Kind.MESSAGE) {
            return message(fields);
        }
        throw bad("a value of the unknown type '" + Place.shown(String.valueOf(fields.get(Json.TYPE))) + "'");
    }

    private double specialReal(@Nullable Object value) {
        if ("NaN".equals(value) || "Infinity".equals(value) || "-Infinity".equals(value)) {
            return Double.parseDouble((String) value);
        }
        throw bad("a special number that is neither NaN nor an infinity");
    }

    private Variable variable(Map<String, @Nullable Object> fields, Kind kind) {
        if (!(fields.get("role") instanceof String role)
                || !(fields.get("requiresGrad") instanceof Boolean requiresGrad)
                || !fields.containsKey("data")) {
            throw bad("a " + kind.label() + " without a proper role, requiresGrad or data");
        }
        Variable variable = make(kind, fields.get("data"), role, requiresGrad);
        if (fields.containsKey("grad")) {
            List<Variable> gradients = variables(fields.get("grad"));
            if (gradients == null) {
                throw bad("gradients that aren't a list of variables");
            }
            variable.grad(gradients);
        }
        return variable;
    }

    private Message message(Map<String, @Nullable Object> fields) {
        List<Variable> parts = variables(fields.get("parts"));
        if (!(fields.get("role") instanceof String role) || parts == null) {
            throw bad("a message without a proper role or parts");
        }
        try {
            return new Message(role, parts);
        } catch (IllegalArgumentException unfit) {
            throw place.bad(found("a message of an unknown role, or without parts"), unfit);
        }
    }

    private Variable make(Kind kind, @Nullable Object data, String role, boolean requiresGrad) {
        try {
            return kind == Kind.PARAMETER
                    ? new Parameter(data, role, requiresGrad)
                    : new Variable(data, role, requiresGrad);
        } catch (IllegalArgumentException unfit) {
            throw place.bad(found("a " + kind.label() + " whose data are neither texts nor numbers"), unfit);
        }
    }

    /** A list of variables, null where the field is something else. */
    private static @Nullable List<Variable> variables(@Nullable Object field) {
        if (!(field instanceof List<?> list)) {
            return null;
        }
        List<Variable> variables = new ArrayList<>(list.size());
        for (Object element : list) {
            if (!(element instanceof Variable variable)) {
                return null;
            }
            variables.add(variable);
        }
        return variables;
    }

    private BadFileException beyond(String limit) {
        return place.bad(
                "has more than " + limit + " in its " + entry + "; if you trust it, read it with larger ReadLimits");
    }

    private BadFileException bad(String what) {
        return place.bad(found(what));
    }

    private String found(String what) {
        return "holds " + what + " (" + entry + ", "
                + Json.at(json.streamReadContext().pathAsPointer().toString())
                + "); restore a copy that is whole, or read it with the afnio4j that wrote it";
    }
}
