package io.afnio4j.model.structured;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfig;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.generator.impl.module.EnumModule;
import io.afnio4j.model.ResponseFormat;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON schema of a record, as the strict mode of providers wants it: every object lists all of its properties as required and
 * allows no others. What may be missing is marked with an annotation named {@code Nullable}, or is an {@code Optional}, and may be null
 * instead. {@code @JsonProperty} renames a part or a constant of an enum, {@code @JsonPropertyDescription} explains it to the model.
 *
 * <p>Strict mode knows neither maps nor parts of any type: a schema with one of them is sent without it.
 */
final class RecordSchema {

    /** All are equal to it, so they stay as they are: models write in this order. */
    private static final Comparator<Object> AS_DECLARED = Comparator.comparingInt(any -> 0);

    /** What the generator would look into as into records, or takes for something else than Jackson does. */
    private static final Map<Class<?>, Class<?>> WRITTEN_AS = Map.of(
            OptionalInt.class, int.class,
            OptionalLong.class, long.class,
            OptionalDouble.class, double.class,
            byte.class, int.class,
            Byte.class, Integer.class,
            byte[].class, String.class);

    /** Writes the constants of enums as they are read: by their names, where no annotation says otherwise. */
    private static final JsonMapper CONSTANTS = JsonMapper.builder()
            .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .build();

    private boolean strict = true;

    private RecordSchema() {}

    /**
     * Makes the schema of a class.
     *
     * @param name the schema's name
     * @param type the class
     * @return the format with the schema, in an order that is the same in every JVM
     * @throws IllegalArgumentException where a part has a type that doesn't say what it is made of
     */
    static ResponseFormat format(String name, Class<?> type) {
        RecordSchema made = new RecordSchema();
        JsonNode schema = new SchemaGenerator(made.config()).generateSchema(type);
        Map<String, Object> json =
                JsonMapper.shared().convertValue(schema, new TypeReference<LinkedHashMap<String, Object>>() {});
        return ResponseFormat.jsonSchema(name, json, made.strict);
    }

    private SchemaGeneratorConfig config() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
                .with(new EnumModule(constant -> CONSTANTS.convertValue(constant, String.class)))
                .without(Option.SCHEMA_VERSION_INDICATOR, Option.FLATTENED_ENUMS);
        config.forTypesInGeneral()
                .withPropertySorter(AS_DECLARED::compare)
                .withSubtypeResolver(RecordSchema::writtenAs)
                .withTypeAttributeOverride((schema, scope, context) ->
                        complete(schema, scope.getType().getErasedType()));
        config.forFields()
                .withRequiredCheck(field -> true)
                .withNullableCheck(field -> mayBeNull(field.getRawMember()))
                .withPropertyNameOverrideResolver(field -> renamed(field.getAnnotation(JsonProperty.class)))
                .withDescriptionResolver(field -> described(field.getAnnotation(JsonPropertyDescription.class)));
        return config.build();
    }

    private static @Nullable List<ResolvedType> writtenAs(ResolvedType type, SchemaGenerationContext context) {
        Class<?> raw = type.getErasedType();
        Class<?> primitive = WRITTEN_AS.get(raw);
        if (primitive != null) {
            return List.of(context.getTypeContext().resolve(primitive));
        }
        if (Map.class.isAssignableFrom(raw) && raw != Map.class) {
            ResolvedType[] parameters = type.typeParametersFor(Map.class).toArray(ResolvedType[]::new);
            return List.of(context.getTypeContext().resolve(Map.class, parameters));
        }
        return null;
    }

    private static boolean mayBeNull(Field field) {
        return NullMarks.mayBeNull(field, field.getAnnotatedType(), field.getType());
    }

    private static @Nullable String renamed(@Nullable JsonProperty name) {
        return name == null || name.value().isEmpty() ? null : name.value();
    }

    private static @Nullable String described(@Nullable JsonPropertyDescription description) {
        return description == null ? null : description.value();
    }

    /** The generator leaves out what it takes for optional, and sorts the rest; strict mode wants all. */
    private void complete(ObjectNode schema, Class<?> type) {
        if (type == Map.class || type == Object.class) {
            strict = false;
        } else if (schema.path("properties").isObject()) {
            ArrayNode required = schema.putArray("required");
            schema.path("properties").propertyNames().forEach(required::add);
        }
        if (Modifier.isAbstract(type.getModifiers())
                && type != Map.class
                && schema.path("type").asString("").equals("object")) {
            throw new IllegalArgumentException(
                    "No schema can be made of " + type.getName()
                            + ", which doesn't say what it is made of: use a record in its place, or give a schema of your own.");
        }
    }
}
