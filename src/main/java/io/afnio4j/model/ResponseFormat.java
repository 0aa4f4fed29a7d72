package io.afnio4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The form that an answer must have.
 *
 * @param json the protocol's {@code response_format} object
 */
public record ResponseFormat(Map<String, Object> json) {

    // Map.of and Map.copyOf iterate in an order that changes from one JVM to the next: requests would not be
    // reproducible.
    public ResponseFormat {
        json = Collections.unmodifiableMap(new LinkedHashMap<>(json));
    }

    public static ResponseFormat text() {
        return new ResponseFormat(Map.of("type", "text"));
    }

    public static ResponseFormat jsonObject() {
        return new ResponseFormat(Map.of("type", "json_object"));
    }

    /**
     * A JSON object that has all of these properties and no others, strictly.
     *
     * @param name a name for the schema: letters, digits, {@code _} and {@code -}
     * @param properties the schema of each, in the order in which the model is to write them
     * @return the format
     */
    public static ResponseFormat jsonObject(String name, Map<String, ?> properties) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", List.copyOf(properties.keySet()));
        schema.put("additionalProperties", false);
        return jsonSchema(name, schema);
    }

    /**
     * An answer that conforms to a JSON schema, strictly.
     *
     * @param name a name for the schema: letters, digits, {@code _} and {@code -}
     * @param schema the schema; strict mode asks for {@code additionalProperties: false} and every property required
     * @return the format
     */
    public static ResponseFormat jsonSchema(String name, Map<String, Object> schema) {
        return jsonSchema(name, schema, true);
    }

    /**
     * An answer that conforms to a JSON schema.
     *
     * @param name a name for the schema: letters, digits, {@code _} and {@code -}
     * @param schema the schema
     * @param strict false where the schema has what strict mode refuses, such as objects with names of the model's
     *     choice; then the model only tries to keep to it
     * @return the format
     */
    public static ResponseFormat jsonSchema(String name, Map<String, Object> schema, boolean strict) {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("name", name);
        named.put("strict", strict);
        named.put("schema", schema);
        Map<String, Object> format = new LinkedHashMap<>();
        format.put("type", "json_schema");
        format.put("json_schema", Collections.unmodifiableMap(named));
        return new ResponseFormat(format);
    }
}
