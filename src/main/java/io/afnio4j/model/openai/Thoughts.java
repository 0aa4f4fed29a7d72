package io.afnio4j.model.openai;

import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.Turns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a model thought before it called tools, in the fields that servers add to the protocol for it. The message has to go back with
 * them: DeepSeek and Kimi refuse it without, also where they hold an empty text, and elsewhere the model would begin to think anew.
 * So they go back as they came, and travel in the signature of the message's first call. What was thought before mere words is
 * dropped, for nobody needs it and some refuse it.
 */
final class Thoughts {

    /** DeepSeek's name, which llama.cpp and Kimi took over, and that of OpenRouter, Groq and vLLM, which reads back no other. */
    private static final List<String> TEXTS = List.of("reasoning_content", "reasoning");

    /** OpenRouter's list of parts, some of them signed or encrypted. */
    private static final String DETAILS = "reasoning_details";

    /** Of the texts within a part, a stream brings piece by piece. */
    private static final List<String> DETAIL_TEXTS = List.of("text", "summary", "data");

    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final List<ObjectNode> details = new ArrayList<>();

    /**
     * Takes in the next thoughts.
     *
     * @param message a whole message, or a piece of one
     * @return this
     */
    Thoughts add(JsonNode message) {
        for (String field : TEXTS) {
            if (message.path(field).isString()) {
                texts.computeIfAbsent(field, absent -> new StringBuilder())
                        .append(message.path(field).stringValue());
            }
        }
        List<ObjectNode> begun = List.copyOf(details); // pieces that come together are of different parts
        for (JsonNode piece : message.path(DETAILS)) {
            if (piece instanceof ObjectNode detail) {
                add(detail, begun);
            }
        }
        return this;
    }

    private void add(ObjectNode piece, List<ObjectNode> begun) {
        ObjectNode known = begun.stream()
                .filter(detail -> continues(piece, detail))
                .findFirst()
                .orElse(null);
        if (known == null) {
            details.add(piece.deepCopy());
            return;
        }
        piece.properties().forEach(field -> {
            JsonNode before = known.path(field.getKey());
            if (DETAIL_TEXTS.contains(field.getKey()) && before.isString()) {
                known.put(
                        field.getKey(), before.stringValue() + field.getValue().asString(""));
            } else if (!field.getValue().isNull()) {
                known.set(field.getKey(), field.getValue());
            }
        });
    }

    private static boolean continues(JsonNode piece, JsonNode detail) {
        boolean sameId = !piece.path("id").isString()
                || !detail.path("id").isString()
                || piece.path("id").equals(detail.path("id"));
        return piece.path("index").isInt()
                && piece.path("index").equals(detail.path("index"))
                && piece.path("type").equals(detail.path("type"))
                && sameId;
    }

    /**
     * Gives the thoughts to the calls that they led to.
     *
     * @param calls the calls of the same message
     * @return the calls, the first of them with the thoughts if there are any
     */
    List<ToolCall> onto(List<ToolCall> calls) {
        if (calls.isEmpty() || (texts.isEmpty() && details.isEmpty())) {
            return calls;
        }
        ToolCall first = calls.get(0);
        ObjectNode fields = JsonMapper.shared().createObjectNode();
        texts.forEach((field, text) -> fields.put(field, text.toString()));
        if (!details.isEmpty()) {
            fields.putArray(DETAILS).addAll(details);
        }
        if (first.signature() != null) {
            fields.set(ToolCalls.SIGNATURE, Turns.json(first.signature()));
        }
        List<ToolCall> signed = new ArrayList<>(calls);
        signed.set(0, new ToolCall(first.id(), first.name(), first.arguments(), fields.toString()));
        return signed;
    }

    /**
     * Writes the thoughts as fields of the message that they came with.
     *
     * @param json where to
     * @param first the message's first call
     */
    static void write(JsonGenerator json, ToolCall first) {
        JsonNode signature = signature(first);
        fields().filter(signature::has).forEach(field -> json.writePOJOProperty(field, signature.get(field)));
    }

    /**
     * What a server added to a call itself.
     *
     * @param call the call
     * @return an object, null where there was nothing, or something of another protocol
     */
    static @Nullable JsonNode added(ToolCall call) {
        JsonNode signature = signature(call);
        JsonNode added = fields().anyMatch(signature::has) ? signature.path(ToolCalls.SIGNATURE) : signature;
        return added.isObject() ? added : null;
    }

    private static JsonNode signature(ToolCall call) {
        return Turns.json(call.signature() == null ? "" : call.signature());
    }

    private static Stream<String> fields() {
        return Stream.concat(TEXTS.stream(), Stream.of(DETAILS));
    }
}
