package io.afnio4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a model is to answer: the fields of the chat protocol beside the messages, in the protocol's own names.
 * Immutable: each option returns a copy. What has no method here is set by its name with {@link #with}, so that a
 * provider's own fields need no new version of afnio4j.
 *
 * @param fields the options by their protocol names; values are those of JSON, null for a field that is to be left out
 */
public record CompletionOptions(Map<String, @Nullable Object> fields) {

    /** The model's own defaults. */
    public static final CompletionOptions NONE = new CompletionOptions(Map.of());

    private static final Set<String> TOOL_CHOICES = Set.of("auto", "none", "required");

    public CompletionOptions {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        fields.forEach((name, value) -> {
            if (value instanceof Number number && !Double.isFinite(number.doubleValue())) {
                throw new IllegalArgumentException("'" + name + "' is " + number + ", which is no number in JSON.");
            }
        });
    }

    /**
     * How daring the answer is.
     *
     * @param value from 0 (always the likeliest word) to 2
     * @return a copy with this option
     */
    public CompletionOptions temperature(double value) {
        return with("temperature", value);
    }

    public CompletionOptions topP(double value) {
        return with("top_p", value);
    }

    public CompletionOptions seed(long value) {
        return with("seed", value);
    }

    /**
     * The longest answer, reasoning included. A longer one is an {@link io.afnio4j.error.IncompleteAnswerException}.
     *
     * @param tokens the limit in tokens
     * @return a copy with this option
     */
    public CompletionOptions maxCompletionTokens(int tokens) {
        return with("max_completion_tokens", tokens);
    }

    public CompletionOptions stop(String... sequences) {
        return with("stop", List.of(sequences));
    }

    public CompletionOptions responseFormat(ResponseFormat format) {
        return with("response_format", format.json());
    }

    /**
     * The tools that the model may ask to have called. Its wishes are in {@link ChatResponse#toolCalls()}.
     *
     * @param tools the tools
     * @return a copy with this option
     */
    public CompletionOptions tools(Tool... tools) {
        return with("tools", Stream.of(tools).map(Tool::json).toList());
    }

    /**
     * Whether tools are called.
     *
     * @param choice {@code auto}, {@code none}, {@code required}, or the name of the one tool that must be called
     * @return a copy with this option
     */
    public CompletionOptions toolChoice(String choice) {
        if (TOOL_CHOICES.contains(choice)) {
            return with("tool_choice", choice);
        }
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("type", "function");
        one.put("function", Map.of("name", choice));
        return with("tool_choice", Collections.unmodifiableMap(one));
    }

    /**
     * Sets any field of the request.
     *
     * @param field its name in the protocol
     * @param value its value: text, number, boolean, list or map of these; null leaves the field out, even one that the
     *     client adds to every request
     * @return a copy with this option
     * @throws IllegalArgumentException where it is NaN or infinite
     */
    public CompletionOptions with(String field, @Nullable Object value) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(fields);
        copy.put(field, value);
        return new CompletionOptions(copy);
    }

    /**
     * These options as defaults beneath others.
     *
     * @param others what wins where both say something
     * @return both together
     */
    public CompletionOptions overriddenBy(CompletionOptions others) {
        if (others.fields.isEmpty()) {
            return this;
        }
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(fields);
        merged.putAll(others.fields);
        return new CompletionOptions(merged);
    }

    /**
     * Reads one option.
     *
     * @param field its name in the protocol
     * @return its value, or null where it isn't set
     */
    public @Nullable Object get(String field) {
        return fields.get(field);
    }
}
