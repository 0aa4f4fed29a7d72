package io.afnio4j.model.limit;

import io.afnio4j.error.RetriableException;
import java.time.Duration;

/** Hears of each call that is going to be repeated. It is called on the thread of the failure and must not block. */
@FunctionalInterface
public interface RetryListener {

    /** Hears nothing. */
    RetryListener NONE = (attempt, wait, failure) -> {};

    /**
     * An attempt failed; the next one starts after a wait.
     *
     * @param attempt which one failed, from 1
     * @param wait how long until the next one queues
     * @param failure why it failed
     */
    void onRetry(long attempt, Duration wait, RetriableException failure);
}
