package io.afnio4j.model;

import org.jspecify.annotations.Nullable;

/**
 * How much may be used; immutable, each option returns a copy: {@code Allowance.NONE.dollars("5").calls(1_000)} limits
 * two of the three.
 *
 * @param cost the most that may be spent, null for no limit
 * @param tokens the most tokens, read and written together, null for no limit
 * @param calls the most calls that a provider answers or may charge for, null for no limit
 */
public record Allowance(
        @Nullable Cost cost,
        @Nullable Long tokens,
        @Nullable Long calls) {

    /** No limit at all. */
    public static final Allowance NONE = new Allowance(null, null, null);

    public Allowance {
        Checks.atLeast("cost", 0, cost == null ? 0 : cost.nanoDollars());
        Checks.atLeast("tokens", 0, tokens == null ? 0 : tokens);
        Checks.atLeast("calls", 0, calls == null ? 0 : calls);
    }

    public Allowance cost(Cost most) {
        return new Allowance(most, tokens, calls);
    }

    public Allowance dollars(String usd) {
        return cost(Cost.ofDollars(usd));
    }

    public Allowance tokens(long most) {
        return new Allowance(cost, most, calls);
    }

    public Allowance calls(long most) {
        return new Allowance(cost, tokens, most);
    }
}
