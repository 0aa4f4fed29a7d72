package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import reactor.core.scheduler.Scheduler;

/**
 * A scheduler's time, in nanoseconds from its own beginning, that never goes back. Schedulers read the wall clock;
 * where that is set back, this one goes on from where it was, so that a wait grows by no more than the time since the
 * last look. Its owner asks under a lock.
 */
final class Time {

    private final Scheduler scheduler;
    private long beginning;
    private long last;

    Time(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.beginning = scheduler.now(NANOSECONDS);
    }

    long now() {
        long clock = scheduler.now(NANOSECONDS);
        if (clock - beginning < last) {
            beginning = clock - last;
        }
        last = clock - beginning;
        return last;
    }
}
