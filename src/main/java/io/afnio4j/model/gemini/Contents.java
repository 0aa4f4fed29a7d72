package io.afnio4j.model.gemini;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.Turns;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The turns of a conversation as contents made of parts. The API knows a tool's answer by the name of the function
 * rather than by the id of the call, so the name is looked up in the turns before.
 */
final class Contents {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** Google's word for a signature that can't be had, as of a call that another model made. */
    private static final String UNSIGNED = "skip_thought_signature_validator";

    private Contents() {}

    /**
     * Refuses conversations that can't be told in this API.
     *
     * @param messages the conversation
     */
    static void check(List<ChatMessage> messages) {
        Map<String, String> names = new HashMap<>();
        for (ChatMessage message : messages) {
            for (ToolCall call : message.toolCalls()) {
                var unused = Turns.arguments(call);
                names.put(call.id(), call.name());
            }
            if (message.toolCallId() != null && !names.containsKey(message.toolCallId())) {
                throw new IllegalArgumentException("No turn before asks for the tool call '" + message.toolCallId()
                        + "' that is answered: Gemini needs both.");
            }
        }
    }

    /**
     * Writes the turns.
     *
     * @param json where to
     * @param turns the conversation
     * @param signed whether the first call of a turn has to be signed, or to say that it isn't
     */
    static void write(JsonGenerator json, List<List<ChatMessage>> turns, boolean signed) {
        Map<String, String> names = new HashMap<>();
        for (List<ChatMessage> turn : turns) {
            json.writeStartObject();
            json.writeStringProperty("role", turn.get(0).role().equals("assistant") ? "model" : "user");
            json.writeName("parts").writeStartArray();
            turn.forEach(message -> write(json, message, names, signed ? UNSIGNED : null));
            json.writeEndArray().writeEndObject();
        }
    }

    private static void write(
            JsonGenerator json, ChatMessage message, Map<String, String> names, @Nullable String unsigned) {
        String answers = message.toolCallId();
        if (answers != null) {
            writeResult(json, answers, names.getOrDefault(answers, ""), message.text());
            return;
        }
        message.parts().forEach(part -> write(json, part));
        String otherwise = unsigned;
        for (ToolCall call : message.toolCalls()) {
            names.put(call.id(), call.name());
            write(json, call, call.signature() == null ? otherwise : call.signature());
            otherwise = null;
        }
    }

    private static void write(JsonGenerator json, ContentPart part) {
        json.writeStartObject();
        if (part instanceof ContentPart.Text words) {
            json.writeStringProperty("text", words.text());
        } else if (part instanceof ContentPart.Image image) {
            json.writeName(image.inline() ? "inlineData" : "fileData").writeStartObject();
            String mimeType = image.inline() ? image.mimeType() : mimeTypeOf(image.url());
            if (mimeType != null) {
                json.writeStringProperty("mimeType", mimeType);
            }
            json.writeStringProperty(
                    image.inline() ? "data" : "fileUri", image.inline() ? image.base64() : image.url());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ToolCall call, @Nullable String signature) {
        json.writeStartObject();
        json.writeName("functionCall").writeStartObject();
        writeId(json, call.id());
        json.writeStringProperty("name", call.name());
        json.writePOJOProperty("args", Turns.arguments(call));
        json.writeEndObject();
        if (signature != null) {
            json.writeStringProperty("thoughtSignature", signature);
        }
        json.writeEndObject();
    }

    private static void writeResult(JsonGenerator json, String id, String name, String result) {
        JsonNode response = Turns.json(result);
        json.writeStartObject();
        json.writeName("functionResponse").writeStartObject();
        writeId(json, id);
        json.writeStringProperty("name", name);
        json.writePOJOProperty(
                "response",
                response.isObject() ? response : MAPPER.createObjectNode().put("result", result));
        json.writeEndObject().writeEndObject();
    }

    /** An id that was made up here means nothing to the other side. */
    private static void writeId(JsonGenerator json, String id) {
        if (!id.startsWith(Candidate.OWN_ID)) {
            json.writeStringProperty("id", id);
        }
    }

    private static @Nullable String mimeTypeOf(String url) {
        String path = url.replaceFirst("[?#].*", "").toLowerCase(Locale.ROOT);
        String extension = path.substring(path.lastIndexOf('.') + 1);
        return switch (extension) {
            case "png", "webp", "gif", "heic", "heif" -> "image/" + extension;
            case "jpg", "jpeg" -> "image/jpeg";
            default -> null;
        };
    }
}
