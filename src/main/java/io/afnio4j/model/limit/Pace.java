package io.afnio4j.model.limit;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Spreads starts evenly over time. A limit of 60 a minute is a permission each second, not 60 at once and then a silent
 * minute: a burst would meet the provider's own, finer windows, and its answers would come back in a burst. The limiter's
 * periods are fixed in time and a start may fall anywhere into its own, so any minute sees at most one start more than the
 * limit.
 *
 * <p>A reserved permission can't be given back. So the reservation is the door's and not a caller's: it is made when a call
 * is about to start, and where that call is cancelled meanwhile, the next one uses it.
 *
 * <p>Not thread-safe, on purpose: where two threads meet, the limiter parks one of them, which a reactive thread must never
 * do. Its owner asks under a lock.
 */
final class Pace {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final Duration period;
    private final LongSupplier nanoClock;
    private RateLimiter limiter;
    private boolean reserved;

    Pace(int perMinute, LongSupplier nanoClock) {
        this.period = Duration.ofNanos((MINUTE + perMinute - 1) / perMinute);
        this.nanoClock = nanoClock;
        this.limiter = newLimiter();
    }

    /**
     * Reserves the next start, unless one is reserved already. To be asked again only when the wait is over.
     *
     * @return nanoseconds until the start, 0 for now
     */
    long reserve() {
        if (reserved && !outdated()) {
            return 0;
        }
        long wait = limiter.reservePermission();
        if (wait < 0) {
            // A single reservation never waits longer than a period, unless the clock was set back.
            limiter = newLimiter();
            wait = limiter.reservePermission();
        }
        reserved = true;
        return wait;
    }

    /** The reserved start has happened. */
    void use() {
        reserved = false;
    }

    /** An unused start that is so old that the next one is due as well: together they would make a burst. */
    private boolean outdated() {
        return limiter.getMetrics().getAvailablePermissions() > 0;
    }

    private RateLimiter newLimiter() {
        RateLimiterConfig config = RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(period)
                .timeoutDuration(period)
                .build();
        return RateLimiter.of("pace", config, nanoClock::getAsLong);
    }
}
