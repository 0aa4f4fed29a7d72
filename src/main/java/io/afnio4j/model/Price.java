package io.afnio4j.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a model charges, in US dollars per million tokens.
 *
 * @param input for tokens read
 * @param cachedInput for tokens read from the provider's cache
 * @param cacheWrite for tokens read and put into the provider's cache; most providers take the price of input
 * @param output for tokens written and said
 * @param reasoning for tokens that were thought and not said
 * @param longPrompts what requests with long prompts are charged instead, null where they have no price of their own
 */
public record Price(
        BigDecimal input,
        BigDecimal cachedInput,
        BigDecimal cacheWrite,
        BigDecimal output,
        BigDecimal reasoning,
        @Nullable LongPrompts longPrompts) {

    /** For models that run on the user's own machine. */
    public static final Price FREE = perMillion("0", "0");

    public Price {
        if (input.signum() < 0
                || cachedInput.signum() < 0
                || cacheWrite.signum() < 0
                || output.signum() < 0
                || reasoning.signum() < 0) {
            throw new IllegalArgumentException("A price can't be negative: input " + input + ", cached input "
                    + cachedInput + ", cache write " + cacheWrite + ", output " + output + ", reasoning " + reasoning
                    + ".");
        }
    }

    /**
     * A price that doesn't depend on the length of a prompt, with what is put into the provider's cache at the price of
     * input.
     *
     * @param input for tokens read
     * @param cachedInput for tokens read from the provider's cache
     * @param output for tokens written and said
     * @param reasoning for tokens that were thought and not said
     */
    public Price(BigDecimal input, BigDecimal cachedInput, BigDecimal output, BigDecimal reasoning) {
        this(input, cachedInput, input, output, reasoning, null);
    }

    /**
     * Another price for requests with long prompts, as several providers have it: such a request costs it with all its
     * tokens, not only with those above the bound.
     *
     * @param above the longest prompt, in tokens and with cached ones, that costs what others do
     * @param price what requests with longer prompts cost
     */
    public record LongPrompts(long above, Price price) {

        public LongPrompts {
            Checks.atLeast("above", 1, above);
            if (price.longPrompts() != null) {
                throw new IllegalArgumentException(
                        "The price for long prompts can't have another one for longer prompts in it: there is one bound.");
            }
        }
    }

    /**
     * A price without a discount for cached input, and with reasoning at the price of words.
     *
     * @param input US dollars per million tokens read
     * @param output US dollars per million tokens written
     * @return the price
     */
    public static Price perMillion(String input, String output) {
        return perMillion(input, input, output);
    }

    /**
     * A price with reasoning at the price of words.
     *
     * @param input US dollars per million tokens read
     * @param cachedInput US dollars per million tokens read from the provider's cache
     * @param output US dollars per million tokens written
     * @return the price
     */
    public static Price perMillion(String input, String cachedInput, String output) {
        BigDecimal written = new BigDecimal(output);
        return new Price(new BigDecimal(input), new BigDecimal(cachedInput), written, written);
    }

    /**
     * Sets another price for requests with long prompts.
     *
     * @param above the longest prompt, in tokens and with cached ones, that costs what others do
     * @param price what requests with longer prompts cost, all their tokens
     * @return a copy with this price
     */
    public Price longPrompts(long above, Price price) {
        return new Price(input, cachedInput, cacheWrite, output, reasoning, new LongPrompts(above, price));
    }

    /**
     * Sets the price of tokens that are put into the provider's cache. What Anthropic keeps for an hour instead of five
     * minutes has another price than the one of the table: say it with this method.
     *
     * @param perMillion US dollars per million tokens
     * @return a copy with this price; that for long prompts stays as it is
     */
    public Price cacheWrite(String perMillion) {
        return new Price(input, cachedInput, new BigDecimal(perMillion), output, reasoning, longPrompts);
    }

    /**
     * What the usage of one request costs.
     *
     * @param usage the tokens
     * @return their cost
     */
    public Cost of(Usage usage) {
        return forPrompt(usage.promptTokens()).ofTokens(usage);
    }

    private Cost ofTokens(Usage usage) {
        BigDecimal microDollars = BigDecimal.ZERO;
        microDollars =
                plus(microDollars, input, usage.promptTokens() - usage.cachedTokens() - usage.cacheWriteTokens());
        microDollars = plus(microDollars, cachedInput, usage.cachedTokens());
        microDollars = plus(microDollars, cacheWrite, usage.cacheWriteTokens());
        microDollars = plus(microDollars, output, usage.completionTokens() - usage.reasoningTokens());
        microDollars = plus(microDollars, reasoning, usage.reasoningTokens());
        return Cost.ofDollars(microDollars.scaleByPowerOfTen(-6));
    }

    /**
     * What the usage of one request may cost at most where only its sums are known: not what of the prompt the provider
     * had in its cache or put there, nor what of the answer was thought.
     *
     * @param usage the tokens; their details don't matter
     * @return the cost of each at its dearest
     */
    public Cost atMost(Usage usage) {
        return forPrompt(usage.promptTokens()).atMostForTokens(usage);
    }

    private Cost atMostForTokens(Usage usage) {
        BigDecimal microDollars = BigDecimal.ZERO;
        microDollars = plus(microDollars, input.max(cachedInput).max(cacheWrite), usage.promptTokens());
        microDollars = plus(microDollars, output.max(reasoning), usage.completionTokens());
        return Cost.ofDollars(microDollars.scaleByPowerOfTen(-6));
    }

    private Price forPrompt(long tokens) {
        return longPrompts == null || tokens <= longPrompts.above() ? this : longPrompts.price();
    }

    /** Nothing is added for no tokens: every call comes through here, and most have none of three kinds. */
    private static BigDecimal plus(BigDecimal sum, BigDecimal price, long tokens) {
        return tokens <= 0 ? sum : sum.add(price.multiply(BigDecimal.valueOf(tokens)));
    }
}
