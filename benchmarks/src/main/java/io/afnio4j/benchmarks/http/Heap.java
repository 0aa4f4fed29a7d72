package io.afnio4j.benchmarks.http;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What calls in flight hold: the heap that a collection in the middle of their flight leaves, without what it left
 * before there was a client.
 */
final class Heap {

    /** Long enough that all calls are in flight at once. */
    static final int DELAY_MILLIS = 4_000;

    private static final double MEGABYTE = 1 << 20;

    private Heap() {}

    static String of(String url, int inFlight) throws InterruptedException {
        double before = afterCollection();
        try (FullClient client = new FullClient(url, inFlight)) {
            Load load = Load.reactive(inFlight, 0, client::chat);
            Thread.sleep(DELAY_MILLIS / 2);
            double held = afterCollection() - before;
            load.end();
            double idle = afterCollection() - before;
            return String.format(Locale.ROOT, "%.1f MB; afterwards, its connections still open, %.1f MB", held, idle);
        }
    }

    private static double afterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE;
    }
}
