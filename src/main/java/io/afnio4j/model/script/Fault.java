package io.afnio4j.model.script;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with one call: it is held up, or it fails, or both.
 *
 * @param delay how long the call is held up
 * @param failure makes what it fails with, anew for each call; null where it goes on after the delay
 */
public record Fault(Duration delay, @Nullable Supplier<? extends RetriableException> failure) {

    /** Nothing goes wrong. */
    public static final Fault NONE = new Fault(Duration.ZERO, null);

    /**
     * The provider refuses the call because too many were sent.
     *
     * @param retryAfter when to come back, null where it doesn't say
     * @return the fault
     */
    public static Fault throttled(@Nullable Duration retryAfter) {
        return failing(() -> new ThrottledException("An injected fault: too many requests (429).", retryAfter));
    }

    /**
     * The endpoint fails by itself.
     *
     * @return the fault
     */
    public static Fault unavailable() {
        return failing(() -> new UnavailableException("An injected fault: the endpoint failed (500).", null));
    }

    /**
     * The answer can't be read.
     *
     * @return the fault
     */
    public static Fault broken() {
        return failing(() -> new BrokenAnswerException("An injected fault: the answer's body is cut.", null));
    }

    /**
     * The call is held up and then goes on.
     *
     * @param time how long
     * @return the fault
     */
    public static Fault late(Duration time) {
        return new Fault(time, null);
    }

    private static Fault failing(Supplier<RetriableException> failure) {
        return new Fault(Duration.ZERO, failure);
    }
}
