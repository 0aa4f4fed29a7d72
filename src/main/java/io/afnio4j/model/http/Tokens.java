package io.afnio4j.model.http;

import tools.jackson.databind.JsonNode;

/** Tokens as providers tell them. */
public final class Tokens {

    /** More than any call can have. A larger count would make sums overflow, and the limits that learn from it worthless. */
    private static final long MOST = 1_000_000_000;

    private Tokens() {}

    /**
     * Reads a number of tokens, leniently.
     *
     * @param tokens the number
     * @return the number, 0 where it is missing, null, or makes no sense
     */
    public static long count(JsonNode tokens) {
        long told = tokens.asLong(0);
        return told < 0 || told > MOST ? 0 : told;
    }
}
