package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * One timer for all who wait: it rings at the earliest time that was asked for. Not thread-safe: its owner asks under a
 * lock. All times are in nanoseconds.
 */
final class Alarm {

    private final Scheduler timers;
    private final Runnable bell;
    private @Nullable Disposable set;
    private long setFor;

    /**
     * Not set yet.
     *
     * @param timers runs the bell
     * @param bell is told, without the lock; it must say that it {@link #rang()}
     */
    Alarm(Scheduler timers, Runnable bell) {
        this.timers = timers;
        this.bell = bell;
    }

    /** Rings after this time, unless it is going to ring before that. */
    void ringIn(long wait, long now) {
        long at = now + wait;
        if (set != null && setFor <= at) {
            return;
        }
        if (set != null) {
            set.dispose();
        }
        setFor = at;
        set = timers.schedule(bell, wait, NANOSECONDS);
    }

    /** Whether it is going to ring. */
    boolean isSet() {
        return set != null;
    }

    /** It may be set anew. */
    void rang() {
        set = null;
    }
}
