package io.afnio4j.autodiff;

import java.math.BigDecimal;

/** Numbers as people write them: prompts and labels hold 0.0005 and 12500000.0, where Java would say 5.0E-4 and 1.25E7. */
final class Decimal {

    private static final double LEAST = 1e-9;
    private static final double MOST = 1e16; // beyond it, not each whole number is one of them

    private Decimal() {}

    /**
     * A number as text; anything else says of itself what it is.
     *
     * @return in decimal; numbers that are very large or very small with an exponent
     */
    static String of(Object element) {
        String text = element.toString();
        if (!(element instanceof Double real)
                || text.indexOf('E') < 0
                || Math.abs(real) < LEAST
                || Math.abs(real) >= MOST) {
            return text;
        }
        String plain = new BigDecimal(text).stripTrailingZeros().toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
}
