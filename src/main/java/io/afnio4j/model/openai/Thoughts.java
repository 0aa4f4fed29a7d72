package io.afnio4j.model.openai;

import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.Turns;
import java.util.ArrayList;
import java.util.HashMap;
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
 * What a model thought before it called tools, in the fields that servers add to the protocol for it. The message has
 * to go back with them: DeepSeek and Kimi refuse it without, also where they hold an empty text, and elsewhere the
 * model would begin to think anew. So they go back as they came, and travel in the signature of the message's first
 * call. What was thought before mere words is dropped, for nobody needs it and some refuse it.
 */
final class Thoughts {

    /**
     * DeepSeek's name, which llama.cpp and Kimi took over, and that of OpenRouter, Groq and vLLM, which reads back no
     * other.
     */
    private static final List<String> TEXTS = List.of("reasoning_content", "reasoning");

    /** OpenRouter's list of parts, some of them signed or encrypted. */
    private static final String DETAILS = "reasoning_details";

    /** Of the texts within a part, a stream brings piece by piece. */
    private static final List<String> DETAIL_TEXTS = List.of("text", "summary", "data");

    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final List<Detail> details = new ArrayList<>();
    private final Map<Place, Detail> byPlace = new HashMap<>();

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
        Map<Place, Detail> begun = new HashMap<>(); // pieces that come together are of different parts
        for (JsonNode piece : message.path(DETAILS)) {
            Place place = new Place(piece.path("index"), piece.path("type"));
            Detail known = byPlace.get(place);
            if (known != null && known.goesOnWith(piece)) {
                known.add(piece);
            } else if (piece.isObject()) {
                Detail detail = new Detail(piece);
                details.add(detail);
                begun.put(place, detail);
            }
        }
        begun.keySet().removeIf(place -> !place.index.isInt());
        byPlace.putAll(begun);
        return this;
    }

    /** Where pieces of one part come. */
    private record Place(JsonNode index, JsonNode type) {}

    /** A part that comes in pieces. */
    private static final class Detail {

        private final ObjectNode fields = JsonMapper.shared().createObjectNode();
        private final Map<String, StringBuilder> texts = new HashMap<>();

        private Detail(JsonNode first) {
            add(first);
        }

        private boolean goesOnWith(JsonNode piece) {
            JsonNode id = fields.path("id");
            return !piece.path("id").isString()
                    || !id.isString()
                    || piece.path("id").equals(id);
        }

        private void add(JsonNode piece) {
            for (Map.Entry<String, JsonNode> field : piece.properties()) {
                String name = field.getKey();
                JsonNode value = field.getValue();
                if (!value.isNull() || !fields.has(name)) {
                    fields.set(name, value);
                }
                if (value.isString() && DETAIL_TEXTS.contains(name)) {
                    texts.computeIfAbsent(name, absent -> new StringBuilder()).append(value.stringValue());
                }
            }
        }

        private ObjectNode whole() {
            texts.forEach((name, text) -> fields.put(name, text.toString()));
            return fields;
        }
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
            fields.putArray(DETAILS).addAll(details.stream().map(Detail::whole).toList());
        }
        if (first.signature() != null) {
            fields.set(ToolCalls.SIGNATURE, Turns.signature(first));
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
        JsonNode signature = Turns.signature(first);
        fields().filter(signature::has).forEach(field -> json.writePOJOProperty(field, signature.get(field)));
    }

    /**
     * What a server added to a call itself.
     *
     * @param call the call
     * @return an object, null where there was nothing
     */
    static @Nullable JsonNode added(ToolCall call) {
        JsonNode signature = Turns.signature(call);
        JsonNode added = fields().anyMatch(signature::has) ? signature.path(ToolCalls.SIGNATURE) : signature;
        return added.isObject() ? added : null;
    }

    private static Stream<String> fields() {
        return Stream.concat(TEXTS.stream(), Stream.of(DETAILS));
    }
}
