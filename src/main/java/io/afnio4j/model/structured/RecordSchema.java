package io.afnio4j.model.structured;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
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
import java.net.URI;
import java.net.URL;
import java.util.Comparator;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON schema of a record, as the strict mode of providers wants it: every object lists all of its properties as
 * required and allows no others. What may be missing is marked with an annotation named {@code Nullable}, or is an
 * {@code Optional}, and may be null instead. {@code @JsonProperty} renames a part or a constant of an enum,
 * {@code @JsonPropertyDescription} explains it to the model.
 *
 * <p>Strict mode knows neither maps nor parts of any type: a schema with one of them is sent without it.
 */
final class RecordSchema {

    /** All are equal to it, so they stay as they are: models write in this order. */
    private static final Comparator<Object> AS_DECLARED = Comparator.comparingInt(any -> 0);

    private static final Map<Class<?>, Class<?>> WRITTEN_AS = Map.of(
            OptionalInt.class, int.class,
            OptionalLong.class, long.class,
            OptionalDouble.class, double.class,
            byte.class, int.class,
            Byte.class, Integer.class,
            byte[].class, String.class,
            URI.class, String.class, // without the format, which OpenAI refuses
            URL.class, String.class,
            Locale.class, String.class,
            Currency.class, String.class);

    /** May be null in the short form, which has both types in one list. */
    private static final Set<Class<?>> BASIC =
            Set.of(String.class, Boolean.class, Integer.class, Long.class, Double.class);

    /** Writes the constants of enums as they are read: by their names, where no annotation says otherwise. */
    private static final JsonMapper CONSTANTS = JsonMapper.builder()
            .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .build();

    private static final String REFERENCE = "$ref";

    private static final String DEFINITIONS = "$defs";

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
        ObjectNode schema = new SchemaGenerator(made.config()).generateSchema(type);
        nameTheRoot(schema, name);
        leaveReferencesAlone(schema);
        Map<String, Object> json =
                JsonMapper.shared().convertValue(schema, new TypeReference<LinkedHashMap<String, Object>>() {});
        return ResponseFormat.jsonSchema(name, json, made.strict);
    }

    /**
     * Within itself a record is called "#" by the generator, which llama.cpp doesn't know; a definition with a name is
     * known to all.
     */
    private static void nameTheRoot(ObjectNode root, String name) {
        if (rootReferences(root).isEmpty()) {
            return;
        }
        ObjectNode copy = root.deepCopy();
        copy.remove(DEFINITIONS);
        ObjectNode definitions = root.withObjectProperty(DEFINITIONS);
        String free = name;
        while (definitions.has(free)) {
            free += "_";
        }
        definitions.set(free, copy);
        for (ObjectNode reference : rootReferences(root)) {
            reference.put(REFERENCE, "#/" + DEFINITIONS + "/" + free);
        }
    }

    private static List<ObjectNode> rootReferences(ObjectNode root) {
        return root.findParents(REFERENCE).stream()
                .filter(parent -> parent.path(REFERENCE).asString("").equals("#"))
                .map(ObjectNode.class::cast)
                .toList();
    }

    /**
     * OpenAI and Gemini refuse a reference with a description beside it; a choice between it and nothing else may have
     * one.
     */
    private static void leaveReferencesAlone(ObjectNode root) {
        for (JsonNode parent : root.findParents(REFERENCE)) {
            if (parent instanceof ObjectNode described
                    && described.size() > 1
                    && described.path(REFERENCE).isString()) {
                JsonNode reference = described.remove(REFERENCE);
                described.putArray("anyOf").addObject().set(REFERENCE, reference);
            }
        }
    }

    private SchemaGeneratorConfig config() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.PLAIN_DEFINITION_KEYS)
                .with(new EnumModule(constant -> CONSTANTS.convertValue(constant, String.class)))
                .without(Option.SCHEMA_VERSION_INDICATOR, Option.FLATTENED_ENUMS, Option.FLATTENED_OPTIONALS);
        config.forTypesInGeneral()
                .withPropertySorter(AS_DECLARED::compare)
                .withCustomDefinitionProvider(this::special)
                .withTypeAttributeOverride((schema, scope, context) ->
                        complete(schema, scope.getType().getErasedType()));
        config.forFields()
                .withRequiredCheck(field -> true)
                .withNullableCheck(field -> mayBeNull(field.getRawMember()))
                .withPropertyNameOverrideResolver(field -> renamed(field.getAnnotation(JsonProperty.class)))
                .withDescriptionResolver(RecordSchema::described);
        return config.build();
    }

    /** What the generator by itself would look into as into records, or takes for something else than Jackson does. */
    private @Nullable CustomDefinition special(ResolvedType type, SchemaGenerationContext context) {
        Class<?> raw = type.getErasedType();
        Class<?> basic = WRITTEN_AS.get(raw);
        ObjectNode schema;
        if (NullMarks.isOptional(raw)) {
            schema = nullable(
                    basic == null
                            ? type.getTypeParameters().get(0)
                            : context.getTypeContext().resolve(basic),
                    context);
        } else if (basic != null) {
            schema = context.createStandardDefinition(context.getTypeContext().resolve(basic), null);
        } else if (Map.class.isAssignableFrom(raw)) {
            schema = map(type.typeParametersFor(Map.class), context);
        } else {
            return null;
        }
        return new CustomDefinition(
                schema, CustomDefinition.DefinitionType.INLINE, CustomDefinition.AttributeInclusion.YES);
    }

    private static ObjectNode nullable(ResolvedType type, SchemaGenerationContext context) {
        Class<?> raw = type.getErasedType();
        if (raw.isPrimitive() || BASIC.contains(raw) || raw.isEnum()) {
            ObjectNode simple = context.createStandardDefinition(type, null);
            context.makeNullable(simple);
            return simple;
        }
        // A record may hold itself, so its schema isn't there yet.
        ObjectNode either = JsonMapper.shared().createObjectNode();
        either.putArray("anyOf")
                .add(context.createDefinitionReference(type))
                .addObject()
                .put("type", "null");
        return either;
    }

    private ObjectNode map(@Nullable List<ResolvedType> parameters, SchemaGenerationContext context) {
        strict = false;
        ObjectNode map = JsonMapper.shared().createObjectNode().put("type", "object");
        if (parameters != null && parameters.size() == 2 && parameters.get(1).getErasedType() != Object.class) {
            map.set("additionalProperties", context.createDefinitionReference(parameters.get(1)));
        }
        return map;
    }

    private static boolean mayBeNull(Field field) {
        return NullMarks.isMarked(field, field.getAnnotatedType());
    }

    private static @Nullable String renamed(@Nullable JsonProperty name) {
        return name == null || name.value().isEmpty() ? null : name.value();
    }

    /** What is said of a list isn't said once more of its elements. */
    private static @Nullable String described(FieldScope field) {
        JsonPropertyDescription description = field.getAnnotation(JsonPropertyDescription.class);
        return description == null || field.isFakeContainerItemScope() ? null : description.value();
    }

    /** The generator leaves out what it takes for optional, and sorts the rest; strict mode wants all, and no more. */
    private void complete(ObjectNode schema, Class<?> type) {
        if (type == Object.class) {
            strict = false;
        }
        if (Map.class.isAssignableFrom(type)
                || !schema.path("type").asString("").equals("object")) {
            return;
        }
        if (Modifier.isAbstract(type.getModifiers())) {
            throw new IllegalArgumentException(
                    "No schema can be made of " + type.getName()
                            + ", which doesn't say what it is made of: use a record in its place, or give a schema of your own.");
        }
        ObjectNode properties = schema.withObjectProperty("properties"); // also of what has none
        ArrayNode required = schema.putArray("required");
        properties.propertyNames().forEach(required::add);
        schema.put("additionalProperties", false);
    }
}
