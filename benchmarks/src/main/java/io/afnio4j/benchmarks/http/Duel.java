package io.afnio4j.benchmarks.http;

import io.afnio4j.benchmarks.http.Load.Figures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The full client and another one against the same server, each in a JVM of its own, by turns and within seconds, so
 * that a machine which slows down does so for both. The ratios are medians of those of the single rounds.
 */
final class Duel implements AutoCloseable {

    private static final int ROUNDS = 9;

    private final ServerProcess server;
    private final ClientKind kind;
    private final ClientProcess other;
    private final ClientProcess full = new ClientProcess(ClientKind.FULL);

    /**
     * Starts both clients.
     *
     * @param server answers
     * @param other whom the full client is compared with
     */
    Duel(ServerProcess server, ClientKind other) throws IOException {
        this.server = server;
        this.kind = other;
        this.other = new ClientProcess(other);
    }

    private void open(Case what) throws IOException {
        other.open(what, server);
        full.open(what, server);
    }

    private void end() throws IOException {
        other.end();
        full.end();
    }

    /** Measures one case. */
    Result fight(Case what) throws IOException {
        open(what);
        Result result = new Result();
        for (int round = 0; round < ROUNDS; round++) {
            boolean otherFirst = round % 2 == 0;
            ClientProcess.Seen first = (otherFirst ? other : full).watch();
            ClientProcess.Seen second = (otherFirst ? full : other).watch();
            result.add(otherFirst ? first : second, otherFirst ? second : first);
        }
        end();
        return result;
    }

    @Override
    public void close() {
        other.close();
        full.close();
    }

    /** What the rounds showed. */
    final class Result {

        private final List<Figures> others = new ArrayList<>();
        private final List<Figures> ours = new ArrayList<>();
        private int threads;

        private void add(ClientProcess.Seen ofOther, ClientProcess.Seen ofFull) {
            others.add(ofOther.figures());
            ours.add(ofFull.figures());
            threads = Math.max(threads, ofFull.threads());
        }

        private double ratio(ToDoubleFunction<Figures> what) {
            double[] ratios = new double[ours.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = what.applyAsDouble(ours.get(i)) / what.applyAsDouble(others.get(i));
            }
            return Load.median(ratios);
        }

        @Override
        public String toString() {
            Figures without = medians(others);
            Figures with = medians(ours);
            return String.format(
                    Locale.ROOT,
                    "calls/s %6.0f, %s %6.0f: %.2f x | processor per call %5.1f us, %5.1f: %.2f x | p99 %6.1f ms, %6.1f | %d threads",
                    with.rate(),
                    kind.name().toLowerCase(Locale.ROOT),
                    without.rate(),
                    ratio(Figures::rate),
                    with.cpuMicros(),
                    without.cpuMicros(),
                    ratio(Figures::cpuMicros),
                    with.p99Millis(),
                    without.p99Millis(),
                    threads);
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
    }
}
