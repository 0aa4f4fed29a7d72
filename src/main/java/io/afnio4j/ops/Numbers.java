package io.afnio4j.ops;

/** Scores as people write them. */
final class Numbers {

    private Numbers() {}

    /** A whole number where the value is one. */
    static Number natural(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Number) (long) value : (Number) value;
    }
}
