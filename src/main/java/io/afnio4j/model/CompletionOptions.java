package io.afnio4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model is to answer: the fields of the chat protocol beside the messages, in the protocol's own names. Immutable: each
 * option returns a copy. What has no method here is set by its name with {@link #with}, so that a provider's own fields need
 * no new version of afnio4j.
 *
 * @param fields the options by their protocol names; values are those of JSON
 */
public record CompletionOptions(Map<String, Object> fields) {

    /** The model's own defaults. */
    public static final CompletionOptions NONE = new CompletionOptions(Map.of());

    public CompletionOptions {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
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
     * Sets any field of the request.
     *
     * @param field its name in the protocol
     * @param value its value: text, number, boolean, list or map of these
     * @return a copy with this option
     */
    public CompletionOptions with(String field, Object value) {
        Map<String, Object> copy = new LinkedHashMap<>(fields);
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
        Map<String, Object> merged = new LinkedHashMap<>(fields);
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
