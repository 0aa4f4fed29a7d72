package io.afnio4j.model.structured;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON schema of a record, as the strict mode of providers wants it: every object lists all of its properties as required and
 * allows no others. What may be missing is marked with an annotation named {@code Nullable} and may be null instead.
 * {@code @JsonProperty} renames a part, {@code @JsonPropertyDescription} explains it to the model.
 */
final class RecordSchema {

    /** All are equal to it, so they stay as they are: models write in this order. */
    private static final Comparator<Object> AS_DECLARED = Comparator.comparingInt(any -> 0);

    private RecordSchema() {}

    /**
     * Makes the schema of a class.
     *
     * @param type the class
     * @return the schema, in an order that is the same in every JVM
     */
    static Map<String, Object> of(Class<?> type) {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
                .without(Option.SCHEMA_VERSION_INDICATOR);
        config.forTypesInGeneral().withPropertySorter(AS_DECLARED::compare);
        config.forFields()
                .withRequiredCheck(field -> true)
                .withNullableCheck(field -> mayBeNull(field.getRawMember()))
                .withPropertyNameOverrideResolver(field -> renamed(field.getAnnotation(JsonProperty.class)))
                .withDescriptionResolver(field -> described(field.getAnnotation(JsonPropertyDescription.class)));
        JsonNode schema = new SchemaGenerator(config.build()).generateSchema(type);
        requireAll(schema);
        return JsonMapper.shared().convertValue(schema, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    /** By the annotation's name alone, as other libraries do it: there are many of this name. */
    private static boolean mayBeNull(Field field) {
        return Stream.concat(
                        Arrays.stream(field.getAnnotations()),
                        Arrays.stream(field.getAnnotatedType().getAnnotations()))
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    private static @Nullable String renamed(@Nullable JsonProperty name) {
        return name == null || name.value().isEmpty() ? null : name.value();
    }

    private static @Nullable String described(@Nullable JsonPropertyDescription description) {
        return description == null ? null : description.value();
    }

    /** The generator leaves out what it takes for optional, and sorts the rest; strict mode wants all. */
    private static void requireAll(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.path("properties").isObject()) {
            ArrayNode required = object.putArray("required");
            object.path("properties").propertyNames().forEach(required::add);
            object.put("additionalProperties", false);
        }
        schema.values().forEach(RecordSchema::requireAll);
    }
}
