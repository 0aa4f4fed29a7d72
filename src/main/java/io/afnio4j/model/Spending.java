package io.afnio4j.model;

import org.jspecify.annotations.Nullable;

/**
 * What calls use or may use.
 *
 * @param cost in money, as far as prices are known: where {@code unpriced} isn't 0, it is only a part
 * @param tokens read and written
 * @param calls that a provider answered or may charge for
 * @param unpriced how many of the calls were to a model whose price isn't known: nothing of them is in {@code cost}
 */
public record Spending(Cost cost, long tokens, long calls, long unpriced) {

    /** Nothing. */
    public static final Spending NONE = new Spending(Cost.ZERO, 0, 0);

    public Spending {
        Checks.atLeast("cost", 0, cost.nanoDollars());
        Checks.atLeast("tokens", 0, tokens);
        Checks.atLeast("calls", 0, calls);
        Checks.atLeast("unpriced", 0, unpriced);
    }

    /**
     * What calls use whose prices are known.
     *
     * @param cost in money
     * @param tokens read and written
     * @param calls how many
     */
    public Spending(Cost cost, long tokens, long calls) {
        this(cost, tokens, calls, 0);
    }

    /**
     * What one call uses.
     *
     * @param cost in money, null where the price isn't known
     * @param tokens read and written
     * @return the call
     */
    public static Spending ofCall(@Nullable Cost cost, long tokens) {
        return cost == null ? new Spending(Cost.ZERO, tokens, 1, 1) : new Spending(cost, tokens, 1);
    }

    Spending plus(Spending other) {
        return new Spending(
                cost.plus(other.cost), tokens + other.tokens, calls + other.calls, unpriced + other.unpriced);
    }

    Spending minus(Spending other) {
        return new Spending(
                new Cost(cost.nanoDollars() - other.cost.nanoDollars()),
                tokens - other.tokens,
                calls - other.calls,
                unpriced - other.unpriced);
    }

    /**
     * The cost in words that never pass unknown for nothing.
     *
     * @return for example {@code $0.0123}, {@code unknown}, or {@code at least $0.0123}
     */
    public String costText() {
        return cost.text(unpriced == 0);
    }

    @Override
    public String toString() {
        return "Spending[cost=" + costText() + ", tokens=" + tokens + ", calls=" + calls + ", unpriced=" + unpriced
                + "]";
    }
}
