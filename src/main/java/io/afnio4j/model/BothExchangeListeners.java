package io.afnio4j.model;

import io.afnio4j.error.RetriableException;
import java.time.Duration;

/**
 * Two listeners to the same call.
 *
 * @param first hears first
 * @param second hears what the first one lets pass
 */
record BothExchangeListeners(ExchangeListener first, ExchangeListener second) implements ExchangeListener {

    @Override
    public void onStart() {
        first.onStart();
        second.onStart();
    }

    @Override
    public void onEnd(Exchange exchange) {
        first.onEnd(exchange);
        second.onEnd(exchange);
    }

    @Override
    public void onRetry(long attempt, Duration delay, RetriableException failure) {
        first.onRetry(attempt, delay, failure);
        second.onRetry(attempt, delay, failure);
    }
}
