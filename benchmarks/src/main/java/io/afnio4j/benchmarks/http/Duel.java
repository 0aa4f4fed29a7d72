package io.afnio4j.benchmarks.http;

import io.afnio4j.benchmarks.http.Load.Figures;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.reactivestreams.Publisher;

/**
 * The bare and the full client against the same server, by turns and within seconds, so that a machine which slows down does so for both. The ratios are medians
 * of those of the single rounds.
 */
final class Duel {

    private static final int ROUNDS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final int MOST_WARM_UPS = 20;
    private static final double QUIET = 0.03;
    private static final Duration SETTLING = Duration.ofMillis(300);
    private static final Duration ROUND = Duration.ofMillis(1_500);

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    private final String url;
    private final Case what;
    private final int otherThreads;

    /**
     * Prepares one case.
     *
     * @param server answers
     * @param what is measured
     * @param otherThreads how many threads there were before any client
     */
    Duel(ServerProcess server, Case what, int otherThreads) {
        this.url = server.url(what.form(), what.delayMillis());
        this.what = what;
        this.otherThreads = otherThreads;
    }

    /** Lets the JVMs compile what they need, which takes long where all processors are busy. */
    static void warmUp(ServerProcess server) throws InterruptedException {
        for (boolean streamed : new boolean[] {false, true, false}) {
            new Duel(server, new Case(streamed, 256, 0), 0).fight();
        }
    }

    static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    Result fight() throws InterruptedException {
        try (BareClient bare = new BareClient(url, what.inFlight());
                FullClient full = new FullClient(url, what.inFlight())) {
            Supplier<Publisher<?>> bareCall = () -> what.streamed() ? bare.stream() : bare.chat();
            Supplier<Publisher<?>> fullCall = () -> what.streamed() ? full.stream() : full.chat();
            warmUp(bareCall);
            warmUp(fullCall);
            Result result = new Result();
            for (int round = 0; round < ROUNDS; round++) {
                boolean bareFirst = round % 2 == 0;
                Figures first = watch(bareFirst ? bareCall : fullCall, ROUND);
                Figures second = watch(bareFirst ? fullCall : bareCall, ROUND);
                result.add(bareFirst ? first : second, bareFirst ? second : first, threads() - otherThreads);
            }
            return result;
        }
    }

    /** Until the compiler rests: as long as it works it has the processors, and what runs is the slow code that it is about to replace. */
    private void warmUp(Supplier<Publisher<?>> call) throws InterruptedException {
        Load load = Load.reactive(what.inFlight(), what.delayMillis(), call);
        double busy = 1;
        for (int i = 0; i < MOST_WARM_UPS && busy > QUIET; i++) {
            long before = COMPILER.getTotalCompilationTime();
            Thread.sleep(WARM_UP.toMillis());
            busy = (COMPILER.getTotalCompilationTime() - before) / (double) WARM_UP.toMillis();
        }
        load.end();
    }

    private Figures watch(Supplier<Publisher<?>> call, Duration time) throws InterruptedException {
        Load load = Load.reactive(what.inFlight(), what.delayMillis(), call);
        Thread.sleep(SETTLING.toMillis());
        Figures figures = load.measure(time);
        load.end();
        return figures;
    }

    /** What the rounds showed. */
    static final class Result {

        private final List<Figures> bare = new ArrayList<>();
        private final List<Figures> full = new ArrayList<>();
        private int threads;

        private void add(Figures ofBare, Figures ofFull, int liveThreads) {
            bare.add(ofBare);
            full.add(ofFull);
            threads = Math.max(threads, liveThreads);
        }

        Figures full() {
            return medians(full);
        }

        private double ratio(ToDoubleFunction<Figures> what) {
            double[] ratios = new double[full.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = what.applyAsDouble(full.get(i)) / what.applyAsDouble(bare.get(i));
            }
            return Load.median(ratios);
        }

        private static Figures medians(List<Figures> rounds) {
            return new Figures(
                    median(rounds, Figures::rate),
                    median(rounds, Figures::cpuMicros),
                    median(rounds, Figures::p99Millis));
        }

        private static double median(List<Figures> rounds, ToDoubleFunction<Figures> what) {
            return Load.median(rounds.stream().mapToDouble(what).toArray());
        }

        @Override
        public String toString() {
            Figures without = medians(bare);
            Figures with = full();
            return String.format(
                    Locale.ROOT,
                    "calls/s %6.0f, bare %6.0f: %.2f x | processor per call %5.1f us, bare %5.1f: %.2f x | p99 %6.1f ms, bare %6.1f | %d threads",
                    with.rate(),
                    without.rate(),
                    ratio(Figures::rate),
                    with.cpuMicros(),
                    without.cpuMicros(),
                    ratio(Figures::cpuMicros),
                    with.p99Millis(),
                    without.p99Millis(),
                    threads);
        }
    }
}
