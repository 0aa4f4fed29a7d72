package io.afnio4j.autodiff;

import java.math.BigDecimal;

/**
 * Numbers as people write them: prompts and labels hold 3, 0.0005 and 12500000 where Java would say 3.0, 5.0E-4 and
 * 1.25E7. So a whole number looks the same alone and in a batch in which real ones have made it real.
 */
final class Decimal {

    private static final double LEAST = 1e-9;
    private static final double MOST = 1e16; // beyond it, not each whole number is one of them

    private Decimal() {}

    /**
     * A number as text; anything else says of itself what it is.
     *
     * @return in decimal, without a fraction where there is none; numbers that are very large or very small with an
     *     exponent
     */
    static String of(Object element) {
        if (!(element instanceof Double real) || Math.abs(real) >= MOST) {
            return element.toString();
        }
        if (real == Math.rint(real)) {
            return Long.toString(real.longValue());
        }
        String text = real.toString();
        return text.indexOf('E') < 0 || Math.abs(real) < LEAST
                ? text
                : new BigDecimal(text).stripTrailingZeros().toPlainString();
    }
}
