package io.afnio4j.model.limit;

import io.afnio4j.model.Cost;

/**
 * What calls use or may use.
 *
 * @param cost in money
 * @param tokens read and written
 * @param calls that a provider answered or may charge for
 */
public record Spending(Cost cost, long tokens, long calls) {

    /** Nothing. */
    public static final Spending NONE = new Spending(Cost.ZERO, 0, 0);

    Spending plus(Spending other) {
        return new Spending(cost.plus(other.cost), tokens + other.tokens, calls + other.calls);
    }

    Spending minus(Spending other) {
        return new Spending(
                new Cost(cost.nanoDollars() - other.cost.nanoDollars()), tokens - other.tokens, calls - other.calls);
    }
}
