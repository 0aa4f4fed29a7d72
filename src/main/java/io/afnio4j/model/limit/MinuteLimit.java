package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/**
 * So much a minute and no more, whichever minute the provider looks at. Two things see to it. A ledger of the last
 * minute, in slots of a tenth of a second, lets nothing through that doesn't fit beside what is in it. A pace spreads
 * the starts evenly, so that they meet no finer window of the provider, and don't come back in a burst. A start may be
 * early by {@link #SLACK}: so a timer that fires late loses nothing.
 *
 * <p>The minute has half a second more than a minute, because what starts evenly doesn't arrive evenly.
 *
 * <p>What was taken can be settled later, up or down, as long as it is in the ledger. Not thread-safe: its owner asks
 * under a lock. All times are in nanoseconds.
 */
final class MinuteLimit {

    private static final long SLOT = MILLISECONDS.toNanos(100);
    private static final long MINUTE = MILLISECONDS.toNanos(60_500);
    private static final long SLACK = MILLISECONDS.toNanos(250);

    /** As many as can hold something at once: those of a minute and the one that isn't over. */
    private static final int SLOTS = (int) (MINUTE / SLOT) + 2;

    private final long limit;
    private final double pace;
    private final long[] taken = new long[SLOTS];
    private long sum;
    private long oldest;
    private double due;

    /**
     * Starts with an empty ledger.
     *
     * @param limit how much a minute
     * @param now the time
     */
    MinuteLimit(long limit, long now) {
        this(limit, (double) (MINUTE + SLOT) / limit, now);
    }

    private MinuteLimit(long limit, double pace, long now) {
        this.limit = limit;
        this.pace = pace;
        this.oldest = slot(now);
        this.due = now;
    }

    /**
     * A ledger without a pace: what fits into the minute may come at once.
     *
     * @param limit how much a minute
     * @param now the time
     * @return an empty one
     */
    static MinuteLimit unpaced(long limit, long now) {
        return new MinuteLimit(limit, 0, now);
    }

    /**
     * How long until so much may be taken.
     *
     * @param amount what is wanted; more than the limit counts as the limit
     * @param now the time
     * @return 0 for now
     */
    long delay(long amount, long now) {
        forget(now);
        long early = (long) Math.ceil(due) - SLACK - now;
        return Math.max(0, Math.max(early, untilFree(Math.min(amount, limit), now)));
    }

    private long untilFree(long amount, long now) {
        long excess = sum + amount - limit;
        long slot = oldest;
        while (excess > 0) {
            excess -= taken[index(slot)];
            slot++;
        }
        return slot == oldest ? 0 : forgottenAt(slot - 1) - now;
    }

    /**
     * Takes so much, whether there is room or not.
     *
     * @param amount what is used
     * @param now the time
     * @return where it stands in the ledger, for {@link #settle}
     */
    long take(long amount, long now) {
        forget(now);
        long slot = slot(now);
        add(slot, amount);
        postpone(Math.max(due, (double) now) + amount * pace, now);
        return slot;
    }

    /**
     * Corrects what was taken.
     *
     * @param slot where it stands
     * @param difference what it was more (or less) than was taken
     * @param now the time
     */
    void settle(long slot, long difference, long now) {
        forget(now);
        if (slot >= oldest) {
            add(slot, difference);
        }
        postpone(due + difference * pace, now);
    }

    /** Not beyond the minute: what was more than the limit is forgotten with the rest of it. */
    private void postpone(double until, long now) {
        due = Math.min(until, (double) now + MINUTE + SLOT);
    }

    private void add(long slot, long amount) {
        taken[index(slot)] += amount;
        sum += amount;
    }

    private void forget(long now) {
        long last = Math.min(slot(now), oldest + SLOTS);
        while (oldest < last && forgottenAt(oldest) <= now) {
            sum -= taken[index(oldest)];
            taken[index(oldest)] = 0;
            oldest++;
        }
        if (oldest == last && slot(now) - oldest >= SLOTS) {
            oldest = slot(now);
        }
    }

    private static long forgottenAt(long slot) {
        return (slot + 1) * SLOT + MINUTE;
    }

    private static long slot(long time) {
        return Math.floorDiv(time, SLOT);
    }

    private static int index(long slot) {
        return (int) Math.floorMod(slot, (long) SLOTS);
    }
}
