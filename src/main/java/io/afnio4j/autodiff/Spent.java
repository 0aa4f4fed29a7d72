package io.afnio4j.autodiff;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a piece of feedback cost, in numbers: what a model is, this room doesn't know. Attempts that failed and were
 * charged for are in it.
 *
 * @param promptTokens tokens read, cached ones included
 * @param cachedTokens the part of the prompt that the provider had in its cache
 * @param cacheWriteTokens the part of the prompt that the provider put into its cache
 * @param completionTokens tokens written, reasoning included
 * @param reasoningTokens the part of the completion that was thought and not said
 * @param dollars the cost in US dollars, null where the price isn't known
 */
public record Spent(
        long promptTokens,
        long cachedTokens,
        long cacheWriteTokens,
        long completionTokens,
        long reasoningTokens,
        @Nullable BigDecimal dollars) {

    /** Nothing: the answer was there already, or belongs to another question's call. */
    public static final Spent NOTHING = new Spent(0, 0, 0, 0, 0, BigDecimal.ZERO.setScale(9));

    /**
     * Both together.
     *
     * @param other what something else cost
     * @return the sum; its dollars are null where one of the two is
     */
    public Spent plus(Spent other) {
        return new Spent(
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                cacheWriteTokens + other.cacheWriteTokens,
                completionTokens + other.completionTokens,
                reasoningTokens + other.reasoningTokens,
                dollars == null || other.dollars == null ? null : dollars.add(other.dollars));
    }
}
