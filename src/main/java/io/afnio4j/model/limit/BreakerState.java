package io.afnio4j.model.limit;

/** What a circuit breaker does with calls. */
public enum BreakerState {
    /** It lets all through. */
    CLOSED,
    /** It lets a few through, as a trial. */
    HALF_OPEN,
    /** It lets none through. */
    OPEN
}
