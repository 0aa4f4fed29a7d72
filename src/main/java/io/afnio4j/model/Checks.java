package io.afnio4j.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/** Checks of options, with messages that name the option and the value. */
final class Checks {

    private Checks() {}

    @CanIgnoreReturnValue
    static long atLeast(String name, long minimum, long value) {
        if (value < minimum) {
            throw new IllegalArgumentException(name + " must be at least " + minimum + ", not " + value + ".");
        }
        return value;
    }

    @CanIgnoreReturnValue
    static Duration positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " must be more than zero, not " + value + ".");
        }
        return value;
    }
}
