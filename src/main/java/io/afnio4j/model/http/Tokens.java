package io.afnio4j.model.http;

import tools.jackson.databind.JsonNode;

/** Tokens as providers tell them. */
public final class Tokens {

    private Tokens() {}

    /**
     * Reads a number of tokens, leniently.
     *
     * @param tokens the number
     * @return the number, 0 where it is missing, null, or makes no sense
     */
    public static long count(JsonNode tokens) {
        return Math.max(0, tokens.asLong(0));
    }
}
