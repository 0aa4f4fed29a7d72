package io.afnio4j.model.limit;

import io.afnio4j.model.RateLimits.Window;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the provider says is left. Until the reset that it names no more is used than that, whichever period the
 * provider counts by: a burst until nothing is left and a pause until the reset are as fast as an even pace, and fit
 * providers whose budget grows all the time as well as those who begin anew each minute. After the reset the whole
 * limit is there again. What an answer says is read together with what was started since its request, for the provider
 * hadn't counted that yet.
 *
 * <p>Where a limit is 0 or less, nothing is said about what is left or when it resets, or the reset is longer away than
 * anybody is going to wait, there is nothing to be learnt. Not thread-safe: its owner asks under a lock. All times are
 * in nanoseconds.
 */
final class Quota {

    private static final long UNLIMITED = Long.MAX_VALUE;

    private final long longestWait;
    private long whole = UNLIMITED;
    private long left = UNLIMITED;
    private long reset;
    private long period;
    private long started;

    Quota(long longestWait) {
        this.longestWait = longestWait;
    }

    /** How much was started so far: what {@link #learn} is told of a request that started now. */
    long started() {
        return started;
    }

    /** Whether anything was learnt. */
    boolean isKnown() {
        return left != UNLIMITED;
    }

    /**
     * Reads what the provider says.
     *
     * @param report what it says
     * @param startedThen what was started when the request went out, itself included
     * @param now the time
     */
    void learn(@Nullable Window report, long startedThen, long now) {
        if (report == null) {
            return;
        }
        @Nullable Long limit = report.limit();
        @Nullable Long remaining = report.remaining();
        @Nullable Duration until = report.reset();
        if (remaining == null || remaining < 0 || until == null || (limit != null && limit <= 0)) {
            return;
        }
        if (until.isZero() || until.isNegative() || until.compareTo(Duration.ofNanos(longestWait)) > 0) {
            return;
        }
        whole = limit == null ? UNLIMITED : limit;
        left = remaining - (started - startedThen);
        period = until.toNanos();
        reset = now + period;
    }

    /**
     * How long until so much may be started.
     *
     * @param amount what is wanted
     * @param now the time
     * @return 0 for now
     */
    long delay(long amount, long now) {
        if (left == UNLIMITED) {
            return 0;
        }
        if (now >= reset) {
            left = whole;
            reset = now + period;
        }
        return left >= Math.min(amount, whole) ? 0 : reset - now;
    }

    /**
     * Starts so much.
     *
     * @param amount what is used
     */
    void take(long amount) {
        started += amount;
        if (left != UNLIMITED) {
            left -= amount;
        }
    }
}
