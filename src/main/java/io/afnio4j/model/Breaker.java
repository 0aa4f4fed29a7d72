package io.afnio4j.model;

import java.time.Duration;

/**
 * When a circuit breaker opens. It watches the last exchanges with an endpoint; where too many of them failed, nothing
 * is sent for a while, and then a few trials decide whether the rest may follow. Throttled answers (429) say that the
 * endpoint lives and don't count.
 *
 * @param failurePercent how many of 100 exchanges must fail to open it, from 1 to 100
 * @param window how many exchanges it looks at; with fewer it never opens
 * @param openFor how long nothing is sent
 */
public record Breaker(int failurePercent, int window, Duration openFor) {

    /** Opens when 80 of the last 100 exchanges failed, for 10 seconds. */
    public static final Breaker DEFAULT = new Breaker(80, 100, Duration.ofSeconds(10));

    public Breaker {
        if (failurePercent < 1 || failurePercent > 100) {
            throw new IllegalArgumentException("failurePercent must be from 1 to 100, not " + failurePercent + ".");
        }
        Checks.atLeast("window", 1, window);
        Checks.positive("openFor", openFor);
    }
}
