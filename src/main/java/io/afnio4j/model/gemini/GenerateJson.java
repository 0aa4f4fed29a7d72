package io.afnio4j.model.gemini;

import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.Tool;
import io.afnio4j.model.http.ProtocolOptions;
import io.afnio4j.model.http.RequestFields;
import io.afnio4j.model.http.Turns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A request as {@code generateContent} wants it. System and developer messages, wherever they stand, become the
 * {@code systemInstruction}; options are translated from the chat protocol's names.
 */
final class GenerateJson {

    private static final String CONFIG = "generationConfig";

    private static final Map<String, String> CONFIG_NAMES = Map.of(
            "temperature", "temperature",
            "top_p", "topP",
            "top_k", "topK",
            "seed", "seed",
            "max_completion_tokens", "maxOutputTokens",
            "max_tokens", "maxOutputTokens",
            "presence_penalty", "presencePenalty",
            "frequency_penalty", "frequencyPenalty");

    /** Since the third generation a turn that calls is refused unless its first call is signed. */
    private static final Pattern WITHOUT_SIGNATURES = Pattern.compile("gemini-[12]\\b");

    private final RequestFields fields;
    private final boolean signed;

    /**
     * Makes what writes the requests to one model.
     *
     * @param model the model's name
     * @param bodyFields what each request has unless its options say otherwise
     */
    GenerateJson(String model, Map<String, @Nullable Object> bodyFields) {
        this.signed =
                model.contains("gemini-") && !WITHOUT_SIGNATURES.matcher(model).find();
        this.fields = new RequestFields(
                List.of("model", "contents", "systemInstruction", "stream"), List.of(CONFIG), bodyFields);
    }

    void check(ChatRequest request) {
        fields.check(request.options());
        Contents.check(request.messages());
    }

    /**
     * Writes a request.
     *
     * @param json where to
     * @param request what to ask
     */
    void write(JsonGenerator json, ChatRequest request) {
        json.writeStartObject();
        String system = Turns.system(request.messages());
        if (!system.isEmpty()) {
            json.writeName("systemInstruction").writeStartObject();
            json.writeName("parts").writeStartArray().writeStartObject();
            json.writeStringProperty("text", system);
            json.writeEndObject().writeEndArray().writeEndObject();
        }
        json.writeName("contents").writeStartArray();
        Contents.write(json, Turns.of(request.messages()), signed);
        json.writeEndArray();
        translated(fields.with(request.options())).forEach(json::writePOJOProperty);
        json.writeEndObject();
    }

    private static Map<String, Object> translated(Map<String, Object> options) {
        Map<String, Object> ours = new LinkedHashMap<>();
        Map<String, Object> config = new LinkedHashMap<>();
        options.forEach((name, value) -> {
            String configName = CONFIG_NAMES.get(name);
            if (configName != null) {
                config.put(configName, value);
                return;
            }
            switch (name) {
                case "stop" -> config.put("stopSequences", ProtocolOptions.listOf(value));
                case "response_format" -> format(config, value);
                case "tools" -> ours.put("tools", tools(value));
                case "tool_choice" -> ours.put("toolConfig", Map.of("functionCallingConfig", choice(value)));
                case "reasoning_effort" -> config.putIfAbsent("thinkingConfig", Map.of("thinkingLevel", value));
                case CONFIG -> config.putAll(ProtocolOptions.fields(value));
                default -> {
                    if (!ProtocolOptions.isWish(name)) {
                        ours.put(name, value);
                    }
                }
            }
        });
        if (!config.isEmpty()) {
            ours.put(CONFIG, config);
        }
        return ours;
    }

    private static void format(Map<String, Object> config, Object format) {
        Object schema = ProtocolOptions.schema(format);
        if (schema != null) {
            config.put("responseMimeType", "application/json");
            config.put("responseJsonSchema", schema);
        } else if (ProtocolOptions.isJsonObject(format)) {
            config.put("responseMimeType", "application/json");
        }
    }

    /** All functions stand in one entry; entries of Gemini's own, such as its search, stand beside it. */
    private static List<Object> tools(Object tools) {
        List<Object> functions = new ArrayList<>();
        List<Object> all = new ArrayList<>();
        for (Object entry : ProtocolOptions.listOf(tools)) {
            Tool tool = ProtocolOptions.tool(entry);
            if (tool == null) {
                all.add(entry);
            } else {
                functions.add(declared(tool));
            }
        }
        if (!functions.isEmpty()) {
            all.add(0, Map.of("functionDeclarations", functions));
        }
        return all;
    }

    private static Map<String, Object> declared(Tool tool) {
        Map<String, Object> declared = new LinkedHashMap<>();
        declared.put("name", tool.name());
        declared.put("description", tool.description());
        if (!tool.parameters().isEmpty()) {
            declared.put("parametersJsonSchema", tool.parameters());
        }
        return declared;
    }

    private static Map<String, Object> choice(Object choice) {
        Map<String, Object> ours = new LinkedHashMap<>();
        String mode = ProtocolOptions.toolMode(choice);
        if (mode == null) {
            ours.put("mode", "ANY");
            ours.put("allowedFunctionNames", List.of(ProtocolOptions.forcedTool(choice)));
        } else {
            ours.put("mode", mode.equals("required") ? "ANY" : mode.equals("none") ? "NONE" : "AUTO");
        }
        return ours;
    }
}
