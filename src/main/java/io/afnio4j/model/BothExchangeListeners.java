package io.afnio4j.model;

import io.afnio4j.error.RetriableException;
import java.time.Duration;

/**
 * Two listeners to the same call.
 *
 * @param first hears first
 * @param second hears of the exchanges that the first one lets be sent, and of all that becomes of them
 */
record BothExchangeListeners(ExchangeListener first, ExchangeListener second) implements ExchangeListener {

    @Override
    public void onStart() {
        first.onStart();
        try {
            second.onStart();
        } catch (Throwable refusal) {
            first.onRefusal();
            throw refusal;
        }
    }

    @Override
    public void onRefusal() {
        try {
            first.onRefusal();
        } finally {
            second.onRefusal();
        }
    }

    @Override
    public void onEnd(Exchange exchange) {
        try {
            first.onEnd(exchange);
        } finally {
            second.onEnd(exchange);
        }
    }

    @Override
    public void onRetry(long attempt, Duration delay, RetriableException failure) {
        try {
            first.onRetry(attempt, delay, failure);
        } finally {
            second.onRetry(attempt, delay, failure);
        }
    }
}
