package io.afnio4j.model.http;

import io.afnio4j.model.TokenEstimator;
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
        long told = tokens.asLong(0);
        // A count that no call can have would make sums overflow, and the limits that learn from it worthless.
        return told < 0 || told > TokenEstimator.MOST ? 0 : told;
    }
}
