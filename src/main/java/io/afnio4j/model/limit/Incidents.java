package io.afnio4j.model.limit;

import io.afnio4j.error.BrokenListener;
import io.afnio4j.error.CircuitOpenException;
import java.util.concurrent.atomic.LongAdder;
import reactor.util.context.Context;

/** Counts what happens to the calls of one client, and passes it on. A listener that throws can't break a call. */
final class Incidents implements ResilienceListener {

    private final ResilienceListener listener;
    private final LongAdder retries = new LongAdder();
    private final LongAdder hedges = new LongAdder();

    Incidents(ResilienceListener listener) {
        this.listener = listener;
    }

    @Override
    public void onRetry(RetryEvent event) {
        if (!(event.failure() instanceof CircuitOpenException)) { // such a call only waits: it wasn't sent
            retries.increment();
        }
        tell(() -> listener.onRetry(event));
    }

    @Override
    public void onHedge() {
        hedges.increment();
        tell(listener::onHedge);
    }

    @Override
    public void onBreaker(BreakerState state) {
        tell(() -> listener.onBreaker(state));
    }

    private static void tell(Runnable telling) {
        BrokenListener.survive(Context.empty(), telling);
    }

    long retries() {
        return retries.sum();
    }

    long hedges() {
        return hedges.sum();
    }
}
