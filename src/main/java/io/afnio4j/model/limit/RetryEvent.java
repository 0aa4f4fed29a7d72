package io.afnio4j.model.limit;

import io.afnio4j.error.RetriableException;
import java.time.Duration;

/**
 * A call that is going to be sent again.
 *
 * @param attempt which one failed, from 1; an attempt that the circuit breaker didn't let through counts as none
 * @param pause how long until the next one queues
 * @param failure why it failed
 */
public record RetryEvent(long attempt, Duration pause, RetriableException failure) {

    /**
     * Whether the failed attempt may have been carried out and charged for: then the next one may be the second that
     * the provider answers.
     *
     * @return false where the provider refused, failed, or was never reached
     */
    public boolean answerLost() {
        return failure.answerLost();
    }
}
