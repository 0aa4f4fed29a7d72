package io.afnio4j.model;

/**
 * Tokens of one or more calls.
 *
 * @param promptTokens tokens read, cached ones included
 * @param cachedTokens the part of the prompt that the provider had in its cache
 * @param completionTokens tokens written, reasoning included
 * @param reasoningTokens the part of the completion that was thought and not said
 */
public record Usage(long promptTokens, long cachedTokens, long completionTokens, long reasoningTokens) {

    /** No tokens. */
    public static final Usage NONE = new Usage(0, 0, 0, 0);

    public Usage {
        if (promptTokens < 0 || cachedTokens < 0 || completionTokens < 0 || reasoningTokens < 0) {
            throw new IllegalArgumentException("Token counts can't be negative: prompt " + promptTokens + ", cached "
                    + cachedTokens + ", completion " + completionTokens + ", reasoning " + reasoningTokens + ".");
        }
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

    public long totalTokens() {
        return promptTokens + completionTokens;
    }

    public Usage plus(Usage other) {
        return new Usage(
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                completionTokens + other.completionTokens,
                reasoningTokens + other.reasoningTokens);
    }
}
