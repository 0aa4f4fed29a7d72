package io.afnio4j.model.limit;

/**
 * Hears what happens to calls between the caller and the wire. It is called on the thread of the event and must not
 * block; what it throws is dropped. What can be read at any moment, such as the length of the queue, stands in
 * {@link ClientLoad}.
 */
public interface ResilienceListener {

    /** Hears nothing. */
    ResilienceListener NONE = new ResilienceListener() {};

    /**
     * An attempt failed, and the call is going to be sent again.
     *
     * @param event which attempt, why, and when the next one queues
     */
    default void onRetry(RetryEvent event) {}

    /** A call that took long was sent a second time, while the first request goes on. */
    default void onHedge() {}

    /**
     * The circuit breaker changed its state.
     *
     * @param state the new one
     */
    default void onBreaker(BreakerState state) {}
}
