package io.afnio4j.model.openai;

import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.Turns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Calls of tools, whole or in the pieces of a stream: the first piece of a call brings its id and name, the others
 * bring more of its arguments. Whole calls are calls of one piece.
 *
 * <p>Servers differ in how they tell calls apart. The protocol counts them with an index; some give every call the
 * index 0, or none, so another id with another name begins a call as well. An id alone doesn't: some servers make up a
 * new one for each piece.
 */
final class ToolCalls {

    /** A field of a call in which some servers want back what they sent, such as the signature of a thought. */
    static final String SIGNATURE = "extra_content";

    private final List<Call> calls = new ArrayList<>();

    static List<ToolCall> whole(JsonNode calls) {
        ToolCalls all = new ToolCalls();
        for (JsonNode call : listed(calls)) {
            all.begun(0).add(call);
        }
        return all.assembled();
    }

    /**
     * Takes in the next pieces.
     *
     * @param pieces an array of them, or nothing
     */
    void add(JsonNode pieces) {
        for (JsonNode piece : listed(pieces)) {
            callOf(piece).add(piece);
        }
    }

    /** Some servers forget the list around the only call. */
    private static Iterable<JsonNode> listed(JsonNode calls) {
        return calls.isObject() ? List.of(calls) : calls;
    }

    private Call callOf(JsonNode piece) {
        JsonNode index = piece.path("index");
        String id = piece.path("id").asString("");
        Call known = index.isInt() ? latest(call -> call.index == index.intValue()) : continued(id);
        boolean named = !name(piece).isEmpty();
        if (known == null && !named && id.isEmpty() && !calls.isEmpty()) {
            return calls.get(calls.size() - 1); // of another index, but it begins nothing: SGLang, once
        }
        boolean another = known != null && (id.isEmpty() ? !index.isInt() : !known.id.equals(id));
        if (known != null && !(named && another)) {
            return known;
        }
        return begun(index.asInt(calls.isEmpty() ? 0 : calls.get(calls.size() - 1).index));
    }

    /** The call that a piece without an index belongs to: the one of its id, or else the last. */
    private @Nullable Call continued(String id) {
        Call same = id.isEmpty() ? null : latest(call -> call.id.equals(id));
        return same == null ? latest(call -> true) : same;
    }

    private @Nullable Call latest(Predicate<Call> wanted) {
        for (int i = calls.size() - 1; i >= 0; i--) {
            if (wanted.test(calls.get(i))) {
                return calls.get(i);
            }
        }
        return null;
    }

    private Call begun(int index) {
        Call call = new Call(index);
        calls.add(call);
        return call;
    }

    private static String name(JsonNode piece) {
        return piece.path("function").path("name").asString("");
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** By index; calls that share one stay in the order in which they came. */
    List<ToolCall> assembled() {
        if (calls.isEmpty()) {
            return List.of(); // as in nearly every answer
        }
        List<Call> ordered = new ArrayList<>(calls);
        ordered.sort(Comparator.comparingInt(call -> call.index));
        List<ToolCall> assembled = new ArrayList<>(ordered.size());
        for (Call call : ordered) {
            assembled.add(call.assembled(assembled.size()));
        }
        return assembled;
    }

    private static final class Call {

        private final int index;
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
        private String signature = "";

        private Call(int index) {
            this.index = index;
        }

        private void add(JsonNode piece) {
            id = id.isEmpty() ? piece.path("id").asString("") : id;
            addName(name(piece));
            JsonNode more = piece.path("function").path("arguments");
            if (more.isString()) {
                arguments.append(more.stringValue());
            } else if (more.isObject()) {
                arguments.append(more); // some servers forget to make it a text
            }
            if (piece.path(SIGNATURE).isObject()) {
                signature = piece.path(SIGNATURE).toString();
            }
        }

        /** In pieces as well, as Gemini's came; others send all of it with each piece. */
        private void addName(String piece) {
            if (name.isEmpty() || (arguments.isEmpty() && !piece.equals(name))) {
                name += piece;
            }
        }

        /**
         * Some gateways send an empty object before the pieces of the arguments, or behind them all of them once more.
         */
        private static String once(String arguments) {
            String last = arguments.substring(arguments.lastIndexOf("}{") + 1);
            boolean twice = arguments.equals("{}" + last) || arguments.equals(last + last);
            return twice && Turns.json(last).isObject() ? last : arguments;
        }

        private ToolCall assembled(int position) {
            return new ToolCall(
                    id.isEmpty() ? "call_" + position : id,
                    name,
                    once(arguments.toString()),
                    signature.isEmpty() ? null : signature);
        }
    }
}
