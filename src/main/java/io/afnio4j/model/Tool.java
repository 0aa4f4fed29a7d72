package io.afnio4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A function that a model may ask to have called.
 *
 * @param name letters, digits, {@code _} and {@code -}
 * @param description what it does and when to use it, for the model
 * @param parameters the JSON schema of its arguments, an object; empty where it has none
 */
public record Tool(String name, String description, Map<String, Object> parameters) {

    /** What OpenAI and DeepSeek want to hear of a function without arguments: they refuse an empty schema. */
    private static final Map<String, Object> NO_PARAMETERS = noParameters();

    public Tool {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A tool needs a name.");
        }
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** The tool as the chat protocol writes it. */
    Map<String, Object> json() {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", name);
        function.put("description", description);
        function.put("parameters", parameters.isEmpty() ? NO_PARAMETERS : parameters);
        Map<String, Object> tool = new LinkedHashMap<>();
        tool.put("type", "function");
        tool.put("function", Collections.unmodifiableMap(function));
        return Collections.unmodifiableMap(tool);
    }

    private static Map<String, Object> noParameters() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", Map.of());
        return Collections.unmodifiableMap(schema);
    }
}
