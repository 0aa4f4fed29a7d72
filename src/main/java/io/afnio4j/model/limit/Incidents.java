package io.afnio4j.model.limit;

import java.util.concurrent.atomic.LongAdder;

/** Counts what happens to the calls of one client, and passes it on. */
final class Incidents implements ResilienceListener {

    private final ResilienceListener listener;
    private final LongAdder retries = new LongAdder();
    private final LongAdder hedges = new LongAdder();

    Incidents(ResilienceListener listener) {
        this.listener = listener;
    }

    @Override
    public void onRetry(RetryEvent event) {
        retries.increment();
        listener.onRetry(event);
    }

    @Override
    public void onHedge() {
        hedges.increment();
        listener.onHedge();
    }

    @Override
    public void onBreaker(BreakerState state) {
        listener.onBreaker(state);
    }

    long retries() {
        return retries.sum();
    }

    long hedges() {
        return hedges.sum();
    }
}
