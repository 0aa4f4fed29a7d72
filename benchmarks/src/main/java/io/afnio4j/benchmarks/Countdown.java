package io.afnio4j.benchmarks;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs something when so many values have come. */
final class Countdown implements Consumer<Object> {

    private final AtomicInteger left;
    private final Runnable last;

    Countdown(int values, Runnable last) {
        this.left = new AtomicInteger(values);
        this.last = last;
    }

    @Override
    public void accept(Object value) {
        if (left.decrementAndGet() == 0) {
            last.run();
        }
    }
}
