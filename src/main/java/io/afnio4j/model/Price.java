package io.afnio4j.model;

import java.math.BigDecimal;

/**
 * What a model charges, in US dollars per million tokens.
 *
 * @param input for tokens read
 * @param cachedInput for tokens read from the provider's cache
 * @param output for tokens written, reasoning included
 */
public record Price(BigDecimal input, BigDecimal cachedInput, BigDecimal output) {

    /** For models that run on the user's own machine. */
    public static final Price FREE = new Price(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

    public Price {
        if (input.signum() < 0 || cachedInput.signum() < 0 || output.signum() < 0) {
            throw new IllegalArgumentException("A price can't be negative: input " + input + ", cached input "
                    + cachedInput + ", output " + output + ".");
        }
    }

    /**
     * A price without a discount for cached input.
     *
     * @param input US dollars per million tokens read
     * @param output US dollars per million tokens written
     * @return the price
     */
    public static Price perMillion(String input, String output) {
        return new Price(new BigDecimal(input), new BigDecimal(input), new BigDecimal(output));
    }

    /**
     * What a usage costs.
     *
     * @param usage the tokens
     * @return their cost
     */
    public Cost of(Usage usage) {
        long fresh = Math.max(0, usage.promptTokens() - usage.cachedTokens());
        BigDecimal microDollars = input.multiply(BigDecimal.valueOf(fresh))
                .add(cachedInput.multiply(BigDecimal.valueOf(usage.cachedTokens())))
                .add(output.multiply(BigDecimal.valueOf(usage.completionTokens())));
        return Cost.ofDollars(microDollars.movePointLeft(6));
    }
}
