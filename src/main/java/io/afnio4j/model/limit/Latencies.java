package io.afnio4j.model.limit;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long the last exchanges took. Safe to use from any thread; the quantile is renewed now and then, not with each
 * exchange.
 */
final class Latencies {

    private static final int WINDOW = 256;
    private static final int ENOUGH = 20;
    private static final int RENEWAL = 16;
    private static final double QUANTILE = 0.95;

    private final long[] nanos = new long[WINDOW]; // guarded by this
    private int count; // guarded by this
    private volatile long high = -1;

    synchronized void add(long took) {
        nanos[count % WINDOW] = took;
        count++;
        if (count >= ENOUGH && (high < 0 || count % RENEWAL == 0)) {
            long[] sorted = Arrays.copyOf(nanos, Math.min(count, WINDOW));
            Arrays.sort(sorted);
            high = sorted[(int) (sorted.length * QUANTILE)];
        }
        if (count == 2 * WINDOW) {
            count = WINDOW; // the same place in the ring, and no overflow
        }
    }

    /**
     * What 95 of 100 exchanges don't exceed.
     *
     * @return the time, null while too few were seen
     */
    @Nullable Duration high() {
        return high < 0 ? null : Duration.ofNanos(high);
    }
}
