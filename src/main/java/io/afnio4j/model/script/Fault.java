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
 * @param answerLost whether the model beneath is asked all the same and its answer lost: a stream gives the first half
 *     of its pieces
 */
public record Fault(Duration delay, @Nullable Supplier<? extends RetriableException> failure, boolean answerLost) {

    /** Nothing goes wrong. */
    public static final Fault NONE = late(Duration.ZERO);

    /**
     * The provider refuses the call because too many were sent (429).
     *
     * @param retryAfter when to come back, null where it doesn't say
     * @return the fault
     */
    public static Fault throttled(@Nullable Duration retryAfter) {
        return refusing(() -> new ThrottledException("An injected fault: too many requests (429).", retryAfter));
    }

    /**
     * The endpoint fails by itself, with status 500.
     *
     * @return the fault
     */
    public static Fault unavailable() {
        return unavailable(500);
    }

    /**
     * The endpoint fails by itself.
     *
     * @param status the HTTP status, such as 502 or 529
     * @return the fault
     */
    public static Fault unavailable(int status) {
        return refusing(
                () -> new UnavailableException("An injected fault: the endpoint failed (" + status + ").", null));
    }

    /**
     * The connection is reset after the request was sent: nobody knows whether it was carried out, and it was.
     *
     * @return the fault
     */
    public static Fault reset() {
        return losing(() -> UnavailableException.answerLost("An injected fault: the connection was reset.", null));
    }

    /**
     * The answer breaks off in the middle.
     *
     * @return the fault
     */
    public static Fault truncated() {
        return losing(() -> new BrokenAnswerException("An injected fault: the answer's body is cut.", null));
    }

    /**
     * The answer is whole and can't be read.
     *
     * @return the fault
     */
    public static Fault malformed() {
        return losing(() -> new BrokenAnswerException("An injected fault: the answer isn't JSON.", null));
    }

    /**
     * The call is held up and then goes on.
     *
     * @param time how long
     * @return the fault
     */
    public static Fault late(Duration time) {
        return new Fault(time, null, false);
    }

    private static Fault refusing(Supplier<RetriableException> failure) {
        return new Fault(Duration.ZERO, failure, false);
    }

    private static Fault losing(Supplier<RetriableException> failure) {
        return new Fault(Duration.ZERO, failure, true);
    }
}
