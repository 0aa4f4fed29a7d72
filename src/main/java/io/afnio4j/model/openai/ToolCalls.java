package io.afnio4j.model.openai;

import io.afnio4j.model.ToolCall;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Calls of tools, whole or in the pieces of a stream: the first piece of a call brings its id and name, the others bring more of
 * its arguments. Whole calls are calls of one piece.
 */
final class ToolCalls {

    /** A field of a call in which some servers want back what they sent, such as the signature of a thought. */
    static final String SIGNATURE = "extra_content";

    private final TreeMap<Integer, Call> calls = new TreeMap<>();

    static List<ToolCall> whole(JsonNode calls) {
        ToolCalls all = new ToolCalls();
        int position = 0;
        for (JsonNode call : calls) {
            all.add(position++, call);
        }
        return all.assembled();
    }

    /**
     * Takes in the next pieces.
     *
     * @param pieces an array of them, or nothing
     */
    void add(JsonNode pieces) {
        int position = 0;
        for (JsonNode piece : pieces) {
            add(piece.path("index").asInt(position), piece);
            position++;
        }
    }

    private void add(int index, JsonNode piece) {
        Call call = calls.computeIfAbsent(index, absent -> new Call());
        JsonNode function = piece.path("function");
        call.id = piece.path("id").asString(call.id);
        call.name = function.path("name").asString(call.name);
        JsonNode arguments = function.path("arguments");
        if (arguments.isString()) {
            call.arguments.append(arguments.stringValue());
        } else if (arguments.isObject()) {
            call.arguments.append(arguments); // some servers forget to make it a text
        }
        if (piece.path(SIGNATURE).isObject()) {
            call.signature = piece.path(SIGNATURE).toString();
        }
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    List<ToolCall> assembled() {
        if (calls.isEmpty()) {
            return List.of(); // as in nearly every answer
        }
        return calls.entrySet().stream()
                .map(entry -> entry.getValue().assembled(entry.getKey()))
                .toList();
    }

    private static final class Call {

        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
        private String signature = "";

        private ToolCall assembled(int index) {
            return new ToolCall(
                    id.isEmpty() ? "call_" + index : id,
                    name,
                    arguments.toString(),
                    signature.isEmpty() ? null : signature);
        }
    }
}
