package io.afnio4j.model.openai;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.RequestFields;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * A request as the protocol wants it: the model, the messages, and beside them each option under its own name, known to
 * us or not. A message of one text is written as plain text, which every compatible server understands; several parts
 * as an array.
 */
final class RequestJson {

    private static final String STREAM_OPTIONS = "stream_options";

    private static final Map<String, Object> WITH_USAGE = Map.of("include_usage", true);

    private final String model;
    private final RequestFields fields;

    /**
     * Makes what writes the requests to one model.
     *
     * @param model the model's name at the provider
     * @param bodyFields what each request has unless its options say otherwise; null leaves a field out
     */
    RequestJson(String model, Map<String, @Nullable Object> bodyFields) {
        this.model = model;
        this.fields = new RequestFields(List.of("model", "messages", "stream"), bodyFields);
    }

    void check(CompletionOptions options) {
        fields.check(options);
    }

    /** Whether more than one answer is wanted. */
    boolean asksForSeveral(CompletionOptions options) {
        return fields.with(options).get("n") instanceof Number answers && answers.intValue() > 1;
    }

    /**
     * Writes a request.
     *
     * @param json where to
     * @param request what to ask
     * @param stream whether the answer is to come piece by piece
     */
    void write(JsonGenerator json, ChatRequest request, boolean stream) {
        json.writeStartObject();
        json.writeStringProperty("model", model);
        json.writeName("messages").writeStartArray();
        request.messages().forEach(message -> write(json, message));
        json.writeEndArray();
        fields.with(request.options()).forEach(json::writePOJOProperty);
        if (stream) {
            json.writeBooleanProperty("stream", true);
        }
        json.writeEndObject();
    }

    /**
     * Asks a stream for its usage, unless the caller has said whether to.
     *
     * @param request what the caller asks
     * @return what is to be sent; the same request where nothing is added
     */
    ChatRequest withUsage(ChatRequest request) {
        CompletionOptions options = request.options();
        return options.fields().containsKey(STREAM_OPTIONS) || fields.mentions(STREAM_OPTIONS)
                ? request
                : new ChatRequest(request.messages(), options.with(STREAM_OPTIONS, WITH_USAGE));
    }

    private static void write(JsonGenerator json, ChatMessage message) {
        json.writeStartObject();
        json.writeStringProperty("role", message.role());
        if (message.toolCallId() != null) {
            json.writeStringProperty("tool_call_id", message.toolCallId());
        }
        json.writeName("content");
        List<ContentPart> parts = message.parts();
        if (parts.size() == 1 && parts.get(0) instanceof ContentPart.Text only) {
            json.writeString(only.text());
        } else if (parts.isEmpty() && !message.toolCalls().isEmpty()) {
            json.writeNull();
        } else {
            json.writeStartArray();
            parts.forEach(part -> write(json, part));
            json.writeEndArray();
        }
        if (!message.toolCalls().isEmpty()) {
            Thoughts.write(json, message.toolCalls().get(0));
            json.writeName("tool_calls").writeStartArray();
            message.toolCalls().forEach(call -> write(json, call));
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ContentPart part) {
        json.writeStartObject();
        if (part instanceof ContentPart.Text words) {
            json.writeStringProperty("type", "text");
            json.writeStringProperty("text", words.text());
        } else if (part instanceof ContentPart.Image image) {
            json.writeStringProperty("type", "image_url");
            json.writeName("image_url").writeStartObject();
            json.writeStringProperty("url", image.url());
            if (image.detail() != null) {
                json.writeStringProperty("detail", image.detail());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ToolCall call) {
        json.writeStartObject();
        json.writeStringProperty("id", call.id());
        json.writeStringProperty("type", "function");
        json.writeName("function").writeStartObject();
        json.writeStringProperty("name", call.name());
        json.writeStringProperty("arguments", call.arguments());
        json.writeEndObject();
        JsonNode added = Thoughts.added(call);
        if (added != null) {
            json.writePOJOProperty(ToolCalls.SIGNATURE, added);
        }
        json.writeEndObject();
    }
}
