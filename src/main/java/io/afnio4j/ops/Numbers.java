package io.afnio4j.ops;

import io.afnio4j.autodiff.Value;
import java.util.stream.IntStream;

/** Scores as people write them. */
final class Numbers {

    private Numbers() {}

    /** A whole number where the value is one. */
    static Number natural(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? (Number) (long) value : (Number) value;
    }

    /** A score, or the list of them, as it stands in explanations and feedback. */
    static String shown(Object score) {
        Value value = new Value(score, "");
        return value.isList()
                ? IntStream.range(0, value.size())
                        .mapToObj(value::text)
                        .toList()
                        .toString()
                : value.text(0);
    }
}
