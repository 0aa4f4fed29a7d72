package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import reactor.core.scheduler.Scheduler;

/**
 * Finds the moment when nobody leaves any more. Whoever cancels one of many calls mostly cancels the rest, one by one;
 * let in at once, the next of them would be sent, and be charged as one whose answer was lost. So a place waits until
 * nobody has left for a moment, but not for long: somebody may go on leaving all the time.
 *
 * <p>Not thread-safe: its owner asks under a lock. All times are in nanoseconds.
 */
final class Lull {

    private static final long MOMENT = MILLISECONDS.toNanos(2);
    private static final long LONGEST = MILLISECONDS.toNanos(50);

    private final Alarm alarm; // set from the first who leaves until the lull
    private long firstLeft;
    private long lastLeft;

    /**
     * Nobody has left yet.
     *
     * @param timers runs the bell
     * @param bell is told, without the lock, when there may be a lull; it must ask whether it {@link #hasCome}
     */
    Lull(Scheduler timers, Runnable bell) {
        this.alarm = new Alarm(timers, bell);
    }

    /** Somebody leaves. */
    void left(long now) {
        if (!alarm.isSet()) {
            firstLeft = now;
        }
        lastLeft = now;
        alarm.ringIn(MOMENT, now);
    }

    /** The bell rang. Where it rang too early, for others have left since, it is going to ring again. */
    boolean hasCome(long now) {
        alarm.rang();
        long wait = Math.min(lastLeft + MOMENT, firstLeft + LONGEST) - now;
        if (wait > 0) {
            alarm.ringIn(wait, now);
        }
        return wait <= 0;
    }
}
