package io.afnio4j.model.openai;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ContentPart;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/**
 * A request as the protocol wants it: the model, the messages, and beside them each option under its own name, known to us or
 * not. A message of one text is written as plain text, which every compatible server understands; several parts as an array.
 */
final class RequestJson {

    private static final List<String> OURS = List.of("model", "messages", "stream");

    private static final Map<String, Object> WITH_USAGE = Map.of("include_usage", true);

    private RequestJson() {}

    /**
     * Refuses options that would silently change what the client sends itself.
     *
     * @param options the options of a request
     * @throws IllegalArgumentException where one is named as a part of the request that isn't an option
     */
    static void check(CompletionOptions options) {
        for (String name : OURS) {
            if (options.fields().containsKey(name)) {
                throw new IllegalArgumentException(
                        "'" + name
                                + "' can't be set as an option: the client, the messages and the method that is called decide it.");
            }
        }
    }

    /**
     * Writes a request.
     *
     * @param model the model's name at the provider
     * @param request what to ask
     * @param stream whether the answer is to come piece by piece
     * @return UTF-8 bytes
     */
    static byte[] write(String model, ChatRequest request, boolean stream) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringProperty("model", model);
            json.writeName("messages").writeStartArray();
            request.messages().forEach(message -> write(json, message));
            json.writeEndArray();
            request.options().fields().forEach(json::writePOJOProperty);
            if (stream) {
                json.writeBooleanProperty("stream", true);
                if (request.options().get("stream_options") == null) {
                    json.writePOJOProperty("stream_options", WITH_USAGE);
                }
            }
            json.writeEndObject();
        } catch (JacksonException notJson) {
            // Without the cause: its message may quote the value.
            throw new IllegalArgumentException(
                    "The options of the request hold a value that isn't JSON: text, number, boolean, list or"
                            + " map of these.");
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, ChatMessage message) {
        json.writeStartObject();
        json.writeStringProperty("role", message.role());
        json.writeName("content");
        if (message.parts().size() == 1) {
            json.writeString(text(message.parts().get(0)));
        } else {
            json.writeStartArray();
            for (ContentPart part : message.parts()) {
                json.writeStartObject();
                json.writeStringProperty("type", "text");
                json.writeStringProperty("text", text(part));
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static String text(ContentPart part) {
        return wellFormed(((ContentPart.Text) part).text());
    }

    /**
     * Text that was cut within an emoji can't be written as UTF-8. Such a half becomes the replacement character, as everywhere
     * else in Java: it would be a pity to lose a whole pass for it.
     */
    private static String wellFormed(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                mended = mended == null ? new StringBuilder(text) : mended;
                mended.setCharAt(i, '\uFFFD');
            }
        }
        return mended == null ? text : mended.toString();
    }
}
