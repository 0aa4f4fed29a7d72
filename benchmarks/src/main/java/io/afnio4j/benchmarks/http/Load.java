package io.afnio4j.benchmarks.http;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Keeps a number of calls in flight: as many independent loops, each of which makes its next call when its last one has
 * ended. Loops of reactive calls have no threads of their own; loops of blocking calls have one each.
 */
final class Load {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final int STEP_MICROS = 100;

    private static final int GROUP = 2_048;

    private final AtomicIntegerArray latencies = new AtomicIntegerArray(200_000); // in steps of 0.1 ms
    private final LongAdder calls = new LongAdder();
    private final LongAdder begun = new LongAdder(); // loops whose first call has ended
    private final int inFlight;
    private final CountDownLatch running;
    private volatile boolean over;
    private volatile @Nullable Throwable failure;

    private Load(int inFlight) {
        this.inFlight = inFlight;
        this.running = new CountDownLatch(inFlight);
    }

    /**
     * Starts loops of reactive calls.
     *
     * @param inFlight how many
     * @param overMillis over how long their starts are spread: as long as an answer takes, so that they don't come all
     *     at once again and again
     * @param call makes a call
     */
    static Load reactive(int inFlight, int overMillis, Supplier<? extends Publisher<?>> call)
            throws InterruptedException {
        Load load = new Load(inFlight);
        load.start(overMillis, () -> load.new Loop(call).next());
        return load;
    }

    static Load blocking(int inFlight, Runnable call) throws InterruptedException {
        Load load = new Load(inFlight);
        load.start(0, () -> new Thread(null, () -> load.loop(call), "caller", 512 << 10).start());
        return load;
    }

    private void start(int overMillis, Runnable loop) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < inFlight; i++) {
            while (System.nanoTime() - start < overMillis * 1e6 / inFlight * i) {
                Thread.sleep(1);
            }
            // More connections at once than the server's system can queue would be lost.
            while (i % GROUP == 0 && begun.sum() < i && !over) {
                Thread.sleep(1);
            }
            loop.run();
        }
    }

    private void loop(Runnable call) {
        try {
            for (boolean first = true; !over; first = false) {
                long start = System.nanoTime();
                call.run();
                count(start, first);
            }
        } catch (Throwable failed) {
            failure = failed;
            over = true;
        } finally {
            running.countDown();
        }
    }

    private void count(long start, boolean first) {
        if (first) {
            begun.increment();
        }
        calls.increment();
        long steps = (System.nanoTime() - start) / 1000 / STEP_MICROS;
        latencies.getAndIncrement((int) Math.min(steps, latencies.length() - 1));
    }

    /** Watches for a while. */
    Figures measure(Duration time) throws InterruptedException {
        for (int i = 0; i < latencies.length(); i++) {
            latencies.set(i, 0);
        }
        long callsBefore = calls.sum();
        long cpuBefore = PROCESS.getProcessCpuTime();
        long start = System.nanoTime();
        Thread.sleep(time.toMillis());
        double seconds = (System.nanoTime() - start) / 1e9;
        long made = calls.sum() - callsBefore;
        long cpu = PROCESS.getProcessCpuTime() - cpuBefore;
        return new Figures(made / seconds, cpu / 1e3 / Math.max(1, made), percentile(0.99));
    }

    private double percentile(double part) {
        long all = 0;
        for (int i = 0; i < latencies.length(); i++) {
            all += latencies.get(i);
        }
        long below = 0;
        int step = 0;
        while (step < latencies.length() - 1 && below < part * all) {
            below += latencies.get(step++);
        }
        return step * STEP_MICROS / 1e3;
    }

    /** Lets the last calls end. */
    void end() throws InterruptedException {
        over = true;
        boolean ended = running.await(1, TimeUnit.MINUTES);
        if (failure != null) {
            throw new IllegalStateException("A call failed.", failure);
        }
        if (!ended) {
            throw new IllegalStateException(running.getCount() + " calls didn't end within a minute.");
        }
    }

    /**
     * What was seen in a while.
     *
     * @param rate calls ended per second
     * @param cpuMicros processor time of this process per call, collection and compilation included
     * @param p99Millis what 99 of 100 calls didn't exceed
     */
    record Figures(double rate, double cpuMicros, double p99Millis) {}

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private final class Loop implements CoreSubscriber<Object> {

        private final Supplier<? extends Publisher<?>> call;
        private long start;
        private boolean first = true;

        private Loop(Supplier<? extends Publisher<?>> call) {
            this.call = call;
        }

        private void next() {
            if (over) {
                running.countDown();
                return;
            }
            start = System.nanoTime();
            call.get().subscribe(this);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object answer) {
            // counted when the call ends
        }

        @Override
        public void onError(Throwable failed) {
            failure = failed;
            over = true;
            running.countDown();
        }

        @Override
        public void onComplete() {
            count(start, first);
            first = false;
            next();
        }
    }
}
