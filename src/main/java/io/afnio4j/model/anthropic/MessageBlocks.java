package io.afnio4j.model.anthropic;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.Turns;
import java.util.List;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;

/**
 * The turns of a conversation as blocks of content. The answers of tools are a turn of the user; empty texts, which the
 * API refuses, are left out.
 */
final class MessageBlocks {

    private MessageBlocks() {}

    /**
     * Refuses calls of tools whose arguments this API can't take back.
     *
     * @param messages the conversation
     */
    static void check(List<ChatMessage> messages) {
        for (ChatMessage message : messages) {
            for (ToolCall call : message.toolCalls()) {
                var unused = Turns.arguments(call);
            }
        }
    }

    static void write(JsonGenerator json, List<List<ChatMessage>> turns) {
        CallIds ids = new CallIds();
        for (List<ChatMessage> turn : turns) {
            ChatMessage first = turn.get(0);
            json.writeStartObject();
            json.writeStringProperty("role", first.toolCallId() == null ? first.role() : "user");
            json.writeName("content");
            if (first.toolCallId() != null) {
                json.writeStartArray();
                turn.forEach(result -> writeResult(json, result, ids));
                json.writeEndArray();
            } else if (first.toolCalls().isEmpty()) {
                writeContent(json, first);
            } else {
                writeCalls(json, first, ids);
            }
            json.writeEndObject();
        }
    }

    private static void writeCalls(JsonGenerator json, ChatMessage message, CallIds ids) {
        json.writeStartArray();
        message.toolCalls().forEach(call -> Turns.signature(call).forEach(json::writePOJO)); // what was thought before
        writeParts(json, message.parts());
        message.toolCalls().forEach(call -> writeCall(json, call, ids));
        json.writeEndArray();
    }

    private static void writeResult(JsonGenerator json, ChatMessage message, CallIds ids) {
        json.writeStartObject();
        json.writeStringProperty("type", "tool_result");
        json.writeStringProperty("tool_use_id", ids.answered(Objects.requireNonNull(message.toolCallId())));
        json.writeName("content");
        writeContent(json, message);
        json.writeEndObject();
    }

    private static void writeContent(JsonGenerator json, ChatMessage message) {
        if (message.parts().size() == 1 && message.parts().get(0) instanceof ContentPart.Text only) {
            json.writeString(only.text());
        } else {
            json.writeStartArray();
            writeParts(json, message.parts());
            json.writeEndArray();
        }
    }

    private static void writeParts(JsonGenerator json, List<ContentPart> parts) {
        for (ContentPart part : parts) {
            if (part instanceof ContentPart.Text words && !words.text().isEmpty()) {
                json.writeStartObject();
                json.writeStringProperty("type", "text");
                json.writeStringProperty("text", words.text());
                json.writeEndObject();
            } else if (part instanceof ContentPart.Image image) {
                json.writeStartObject();
                json.writeStringProperty("type", "image");
                json.writeName("source").writeStartObject();
                json.writeStringProperty("type", image.inline() ? "base64" : "url");
                if (image.inline()) {
                    json.writeStringProperty("media_type", image.mimeType());
                    json.writeStringProperty("data", image.base64());
                } else {
                    json.writeStringProperty("url", image.url());
                }
                json.writeEndObject().writeEndObject();
            }
        }
    }

    private static void writeCall(JsonGenerator json, ToolCall call, CallIds ids) {
        json.writeStartObject();
        json.writeStringProperty("type", "tool_use");
        json.writeStringProperty("id", ids.called(call.id()));
        json.writeStringProperty("name", call.name());
        json.writePOJOProperty("input", Turns.arguments(call));
        json.writeEndObject();
    }
}
