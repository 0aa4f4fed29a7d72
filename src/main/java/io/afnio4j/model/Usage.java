package io.afnio4j.model;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.SpentTokens;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of one or more calls.
 *
 * @param promptTokens tokens read, cached ones included
 * @param cachedTokens the part of the prompt that the provider had in its cache
 * @param cacheWriteTokens the part of the prompt that the provider put into its cache, where it says so
 * @param completionTokens tokens written, reasoning included
 * @param reasoningTokens the part of the completion that was thought and not said
 */
public record Usage(
        long promptTokens, long cachedTokens, long cacheWriteTokens, long completionTokens, long reasoningTokens) {

    /** No tokens. */
    public static final Usage NONE = new Usage(0, 0, 0, 0);

    public Usage {
        if (promptTokens < 0
                || cachedTokens < 0
                || cacheWriteTokens < 0
                || completionTokens < 0
                || reasoningTokens < 0) {
            throw new IllegalArgumentException("Token counts can't be negative: prompt " + promptTokens + ", cached "
                    + cachedTokens + ", put into the cache " + cacheWriteTokens + ", completion " + completionTokens
                    + ", reasoning " + reasoningTokens + ".");
        }
    }

    /**
     * Tokens of which none were put into the provider's cache.
     *
     * @param promptTokens tokens read, cached ones included
     * @param cachedTokens the part of the prompt that the provider had in its cache
     * @param completionTokens tokens written, reasoning included
     * @param reasoningTokens the part of the completion that was thought and not said
     */
    public Usage(long promptTokens, long cachedTokens, long completionTokens, long reasoningTokens) {
        this(promptTokens, cachedTokens, 0, completionTokens, reasoningTokens);
    }

    /**
     * Tokens without details.
     *
     * @param promptTokens tokens read
     * @param completionTokens tokens written
     * @return the usage
     */
    public static Usage of(long promptTokens, long completionTokens) {
        return new Usage(promptTokens, 0, completionTokens, 0);
    }

    /**
     * What a failed call is charged for all the same, such as an answer that was cut at the token limit.
     *
     * @param failure what the call failed with
     * @return the tokens, {@link #NONE} where it cost nothing or nobody knows
     */
    public static Usage spentOn(Throwable failure) {
        SpentTokens spent = failure instanceof AfnioException ours ? ours.spent() : null;
        return spent == null
                ? NONE
                : new Usage(spent.prompt(), spent.cached(), spent.cacheWrite(), spent.completion(), spent.reasoning());
    }

    /**
     * These tokens as an exception carries them.
     *
     * @return the numbers, null where there are none
     */
    public @Nullable SpentTokens spent() {
        return equals(NONE)
                ? null
                : new SpentTokens(promptTokens, cachedTokens, cacheWriteTokens, completionTokens, reasoningTokens);
    }

    public long totalTokens() {
        return promptTokens + completionTokens;
    }

    public Usage plus(Usage other) {
        return new Usage(
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                cacheWriteTokens + other.cacheWriteTokens,
                completionTokens + other.completionTokens,
                reasoningTokens + other.reasoningTokens);
    }
}
