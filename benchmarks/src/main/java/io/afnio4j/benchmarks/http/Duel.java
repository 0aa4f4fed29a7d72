package io.afnio4j.benchmarks.http;

import io.afnio4j.benchmarks.http.Load.Figures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The bare and the full client against the same server, each in a JVM of its own, by turns and within seconds, so that a machine which slows down does so for both. The
 * ratios are medians of those of the single rounds.
 */
final class Duel implements AutoCloseable {

    private static final int ROUNDS = 9;

    private final ServerProcess server;
    private final ClientProcess bare = new ClientProcess(ClientKind.BARE);
    private final ClientProcess full = new ClientProcess(ClientKind.FULL);

    /**
     * Starts both clients and lets all JVMs compile what they need, which takes long where all processors are busy.
     *
     * @param server answers
     */
    Duel(ServerProcess server) throws IOException {
        this.server = server;
        for (boolean streamed : new boolean[] {false, true, false}) {
            open(new Case(streamed, 256, 0));
            end();
        }
    }

    private void open(Case what) throws IOException {
        bare.open(what, server);
        full.open(what, server);
    }

    private void end() throws IOException {
        bare.end();
        full.end();
    }

    /** Measures one case. */
    Result fight(Case what) throws IOException {
        open(what);
        Result result = new Result();
        for (int round = 0; round < ROUNDS; round++) {
            boolean bareFirst = round % 2 == 0;
            ClientProcess.Seen first = (bareFirst ? bare : full).watch();
            ClientProcess.Seen second = (bareFirst ? full : bare).watch();
            result.add(bareFirst ? first : second, bareFirst ? second : first);
        }
        end();
        return result;
    }

    @Override
    public void close() {
        bare.close();
        full.close();
    }

    static Figures medians(List<Figures> rounds) {
        return new Figures(
                median(rounds, Figures::rate),
                median(rounds, Figures::cpuMicros),
                median(rounds, Figures::p99Millis));
    }

    private static double median(List<Figures> rounds, ToDoubleFunction<Figures> what) {
        return Load.median(rounds.stream().mapToDouble(what).toArray());
    }

    /** What the rounds showed. */
    static final class Result {

        private final List<Figures> bare = new ArrayList<>();
        private final List<Figures> full = new ArrayList<>();
        private int threads;

        private void add(ClientProcess.Seen ofBare, ClientProcess.Seen ofFull) {
            bare.add(ofBare.figures());
            full.add(ofFull.figures());
            threads = Math.max(threads, ofFull.threads());
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
