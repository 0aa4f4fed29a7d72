package io.afnio4j.model.structured;

import io.afnio4j.context.Forgetting;
import io.afnio4j.error.OptionalJar;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ResponseFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a model for answers of one type. The schema of the type goes with each request as its {@code response_format}; a
 * provider that refuses it is told by words. Immutable and safe to share; it owns nothing, so the model is closed by
 * its owner.
 *
 * <pre>{@code
 * record Mood(String word, int strength) {}
 *
 * Mono<Mood> mood = Structured.of(model, Mood.class).ask(ChatRequest.of(ChatMessage.user("I won!")));
 * }</pre>
 *
 * <p>The schema is made by {@code com.github.victools:jsonschema-generator}, which is an optional dependency; with a
 * schema of one's own it isn't needed.
 *
 * @param <T> the type of the answers
 */
public final class Structured<T> {

    /**
     * What the type doesn't know was not asked for; what it knows and the answer lacks or bends, the schema has
     * demanded.
     */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .annotationIntrospector(new NullMarks())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING) // the schema has their names
            .build();

    /** Of what may have a fence within its texts. */
    private static final Pattern JSON_START = Pattern.compile("[{\\[\"]");

    /** How much of the way to a misfit is told. */
    private static final int DEEPEST = 10;

    private static final String FENCE = "```";

    private static final String THOUGHT_END = "</think>";

    private final ChatModel model;
    private final Class<T> type;
    private final ResponseFormat format;
    private final ObjectReader reader;

    private Structured(ChatModel model, Class<T> type, ResponseFormat format) {
        this.model = model;
        this.type = type;
        this.format = format;
        this.reader = MAPPER.readerFor(type);
    }

    /**
     * Asks for answers of a type whose schema is made from its class. A component may be null where it is marked
     * {@code Nullable} or is an {@code Optional}, also within lists and maps; elsewhere null doesn't fit, but for
     * collections around others whose innermost elements may be null. Where a map, or a part of type {@code Object}, is
     * in it, the schema goes without {@code strict}, which forbids both; then providers that know no other mode refuse
     * it.
     *
     * @param model the model to ask
     * @param type a record, or another class that Jackson can read; its parts may be records, lists, maps, enums,
     *     texts, numbers
     * @param <T> the type of the answers
     * @return what asks
     * @throws IllegalStateException where the library that makes the schema isn't on the class path
     * @throws IllegalArgumentException where a part is of an abstract type, such as a sealed interface
     */
    public static <T> Structured<T> of(ChatModel model, Class<T> type) {
        OptionalJar.SCHEMA_GENERATOR.require();
        return new Structured<>(model, type, RecordSchema.format(schemaName(type), type));
    }

    /**
     * Asks for answers of a type with a schema of one's own.
     *
     * @param model the model to ask
     * @param type a record, or another class that Jackson can read
     * @param schema the JSON schema of an object; strict mode asks for {@code additionalProperties: false} and every
     *     property required
     * @param <T> the type of the answers
     * @return what asks
     */
    public static <T> Structured<T> of(ChatModel model, Class<T> type, Map<String, Object> schema) {
        return new Structured<>(model, type, ResponseFormat.jsonSchema(schemaName(type), schema));
    }

    private static String schemaName(Class<?> type) {
        String name = type.getSimpleName().replaceAll("[^A-Za-z0-9_-]", "_");
        return name.isEmpty() ? "answer" : name;
    }

    /**
     * The format that each request asks for.
     *
     * @return {@code response_format} with the schema
     */
    public ResponseFormat format() {
        return format;
    }

    /**
     * Asks once.
     *
     * @param request the conversation; its own response format is replaced
     * @return the answer; or what the model failed with; or an {@link UnexpectedAnswerException} where the answer isn't
     *     of this type
     */
    public Mono<T> ask(ChatRequest request) {
        ChatRequest shaped =
                new ChatRequest(request.messages(), request.options().responseFormat(format));
        return Forgetting.where(
                UnexpectedAnswerException::wasOfNoUse, model.chat(shaped).map(this::read));
    }

    /**
     * Reads an answer that was given elsewhere, for example one that was streamed and put together.
     *
     * @param answer the answer
     * @return what it says
     * @throws UnexpectedAnswerException where it isn't of this type
     */
    public T read(ChatResponse answer) {
        return read(answer.text());
    }

    /**
     * The same of the words of an answer, for example those of a variable: a chat completion that asks for
     * {@link #format()} stays in the graph, and what it says is read beside it.
     *
     * @param answer the words
     * @return what they say
     * @throws UnexpectedAnswerException where they aren't of this type
     */
    public T read(String answer) {
        String fault;
        try {
            T read = reader.readValue(bare(answer.strip()));
            if (read != null) {
                return read;
            }
            fault = "is null";
        } catch (InputCoercionException tooLarge) {
            fault = "has a number" + place(tooLarge.getPath()) + " that is too large for "
                    + tooLarge.getTargetType().getSimpleName();
        } catch (StreamReadException notJson) {
            fault = "isn't JSON from line " + notJson.getLocation().getLineNr() + ", column "
                    + notJson.getLocation().getColumnNr() + " on";
        } catch (JacksonException misfit) {
            fault = "doesn't fit" + place(misfit.getPath());
        }
        // Without the answer's words and without the cause, which quotes them: they may quote the prompt.
        throw new UnexpectedAnswerException("The answer of " + model.name() + " " + fault + ", but a "
                + type.getSimpleName() + " was asked for. Does this model keep to a JSON schema?");
    }

    private static String place(List<JacksonException.Reference> path) {
        String names = path.stream()
                .limit(DEEPEST)
                .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                .collect(Collectors.joining("."));
        return names.isEmpty() ? "" : " at " + names;
    }

    /**
     * Models that weren't made for schemas like to think aloud before JSON, and to put a fence or words around it. The
     * beginning of a thought may be missing: some models' templates end with it. A thought has JSON behind it;
     * otherwise the tag stands in the JSON.
     */
    private static String bare(String answer) {
        int thoughtEnd = JSON_START.matcher(answer).lookingAt() ? -1 : answer.indexOf(THOUGHT_END);
        String text = thoughtEnd < 0 || answer.indexOf('{', thoughtEnd) < 0
                ? answer
                : answer.substring(thoughtEnd + THOUGHT_END.length()).strip();
        if (JSON_START.matcher(text).lookingAt()) {
            return text;
        }
        int begin = text.indexOf(FENCE);
        int end = text.lastIndexOf(FENCE);
        return begin < end
                ? text.substring(begin + FENCE.length(), end).replaceFirst("^[A-Za-z]+", "")
                : between(text, text.indexOf('{'), text.lastIndexOf('}'));
    }

    private static String between(String text, int begin, int end) {
        return begin < 0 || end < begin ? text : text.substring(begin, end + 1);
    }
}
