package io.afnio4j.model.anthropic;

import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.Tool;
import io.afnio4j.model.http.ProtocolOptions;
import io.afnio4j.model.http.RequestFields;
import io.afnio4j.model.http.Turns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A request as the Messages API wants it. System and developer messages, wherever they stand, become the {@code system}
 * text; options are translated from the chat protocol's names.
 */
final class MessagesJson {

    /** No model that is known writes less at most; those that think by themselves do so within it. */
    static final int DEFAULT_MAX_TOKENS = 8_192;

    private static final String OUTPUT_CONFIG = "output_config";

    private final String model;
    private final RequestFields fields;

    /**
     * Makes what writes the requests to one model.
     *
     * @param model the model's name at the provider
     * @param bodyFields what each request has unless its options say otherwise
     */
    MessagesJson(String model, Map<String, @Nullable Object> bodyFields) {
        this.model = model;
        this.fields =
                new RequestFields(List.of("model", "messages", "stream", "system"), List.of(OUTPUT_CONFIG), bodyFields);
    }

    void check(ChatRequest request) {
        fields.check(request.options());
        Object format = request.options().get("response_format");
        if (format != null && ProtocolOptions.isJsonObject(format)) {
            throw new IllegalArgumentException(
                    "Anthropic has no JSON mode without a schema: use ResponseFormat.jsonSchema(...).");
        }
        MessageBlocks.check(request.messages());
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
        String system = Turns.system(request.messages());
        if (!system.isEmpty()) {
            json.writeStringProperty("system", system);
        }
        json.writeName("messages").writeStartArray();
        MessageBlocks.write(json, Turns.of(request.messages()));
        json.writeEndArray();
        translated(fields.with(request.options())).forEach(json::writePOJOProperty);
        if (stream) {
            json.writeBooleanProperty("stream", true);
        }
        json.writeEndObject();
    }

    private static Map<String, Object> translated(Map<String, Object> options) {
        Map<String, Object> ours = new LinkedHashMap<>();
        ours.put("max_tokens", DEFAULT_MAX_TOKENS);
        Object parallel = options.get("parallel_tool_calls");
        options.forEach((name, value) -> {
            switch (name) {
                case "max_completion_tokens" -> ours.put("max_tokens", value);
                case "stop" -> ours.put("stop_sequences", ProtocolOptions.listOf(value));
                case "tools" -> ours.put("tools", tools(value));
                case "tool_choice" -> ours.put("tool_choice", choice(value, parallel));
                case "response_format" -> format(ours, value);
                case "reasoning_effort" -> outputConfig(ours).putIfAbsent("effort", value);
                case OUTPUT_CONFIG -> outputConfig(ours).putAll(ProtocolOptions.fields(value));
                default -> {
                    if (!ProtocolOptions.isWish(name)) {
                        ours.put(name, value);
                    }
                }
            }
        });
        if (parallel != null && !options.containsKey("tool_choice")) {
            ours.put("tool_choice", choice("auto", parallel));
        }
        return ours;
    }

    private static List<Object> tools(Object tools) {
        return ProtocolOptions.listOf(tools).stream()
                .<Object>map(entry -> {
                    Tool tool = ProtocolOptions.tool(entry);
                    return tool == null ? entry : declared(tool);
                })
                .toList();
    }

    private static Map<String, Object> declared(Tool tool) {
        Map<String, Object> declared = new LinkedHashMap<>();
        declared.put("name", tool.name());
        declared.put("description", tool.description());
        declared.put("input_schema", tool.parameters().isEmpty() ? Map.of("type", "object") : tool.parameters());
        return declared;
    }

    private static Map<String, Object> choice(Object choice, @Nullable Object parallel) {
        Map<String, Object> ours = new LinkedHashMap<>();
        String mode = ProtocolOptions.toolMode(choice);
        if (mode == null) {
            ours.put("type", "tool");
            ours.put("name", ProtocolOptions.forcedTool(choice));
        } else {
            ours.put("type", mode.equals("required") ? "any" : mode);
        }
        if (Boolean.FALSE.equals(parallel) && !"none".equals(mode)) {
            ours.put("disable_parallel_tool_use", true);
        }
        return ours;
    }

    private static void format(Map<String, Object> ours, Object format) {
        Object schema = ProtocolOptions.schema(format);
        if (schema == null) {
            return; // plain text, which is the default
        }
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("type", "json_schema");
        output.put("schema", schema);
        outputConfig(ours).putIfAbsent("format", output);
    }

    /**
     * Where several options meet. What is said in Anthropic's own words goes before what is translated, in whichever
     * order they come.
     */
    private static Map<String, Object> outputConfig(Map<String, Object> ours) {
        @SuppressWarnings("unchecked") // nobody else puts anything there
        Map<String, Object> config =
                (Map<String, Object>) ours.computeIfAbsent(OUTPUT_CONFIG, absent -> new LinkedHashMap<>());
        return config;
    }
}
