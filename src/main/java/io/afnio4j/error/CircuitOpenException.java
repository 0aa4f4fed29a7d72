package io.afnio4j.error;

import java.time.Duration;

/**
 * Nothing was sent, because the endpoint failed too often a moment ago: the circuit breaker is open.
 * {@link #retryAfter()} says when the next trial is due.
 */
public final class CircuitOpenException extends RetriableException {

    private static final long serialVersionUID = 1L;

    public CircuitOpenException(String message, Duration retryAfter) {
        super(message, retryAfter, null);
    }
}
