package io.afnio4j.model;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of money, exact: sums of many small prices don't drift.
 *
 * @param nanoDollars billionths of a US dollar
 */
public record Cost(long nanoDollars) implements Comparable<Cost> {

    /** Nothing. */
    public static final Cost ZERO = new Cost(0);

    /**
     * An amount in dollars.
     *
     * @param usd US dollars; digits beyond the ninth are rounded up
     * @return the amount
     */
    public static Cost ofDollars(BigDecimal usd) {
        return new Cost(
                usd.scaleByPowerOfTen(9).setScale(0, RoundingMode.CEILING).longValueExact());
    }

    public static Cost ofDollars(String usd) {
        return ofDollars(new BigDecimal(usd));
    }

    public BigDecimal dollars() {
        return BigDecimal.valueOf(nanoDollars, 9);
    }

    public Cost plus(Cost other) {
        return new Cost(Math.addExact(nanoDollars, other.nanoDollars));
    }

    /** The same in words where it may be a part only, of something else that isn't known. */
    String text(boolean whole) {
        return whole ? toString() : equals(ZERO) ? "unknown" : "at least " + this;
    }

    @Override
    public int compareTo(Cost other) {
        return Long.compare(nanoDollars, other.nanoDollars);
    }

    /** Dollars with four decimals, rounded up so that what costs something never reads as nothing. */
    @Override
    public String toString() {
        return "$" + dollars().setScale(4, RoundingMode.CEILING).toPlainString();
    }
}
