package io.afnio4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs the benchmarks and prints one table: what was measured, the goal, the median of the wall times, and beside it
 * what helps to read it: the processor time, and the baseline of the same run. The arguments are JMH's own, so
 * {@code Scheduling -prof gc} runs a part of it, profiled. Figures never fail a run.
 */
public final class Report {

    private static final String ROW = "%-50s %10s %10s   %s%n";

    private final Map<String, Measured> measured = new TreeMap<>();
    private final List<Object[]> rows = new ArrayList<>();

    private Report() {}

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        Report report = new Report();
        new Runner(new CommandLineOptions(args)).run().forEach(report::take);
        report.wide(1_000, 1.05);
        report.wide(10_000, 1.10);
        report.wide(100_000, 1.90);
        for (int seed = 1; seed <= 3; seed++) {
            report.makespan(seed);
        }
        report.criticalPath("branches", CriticalPathBenchmark.Branches.HOPS, 1.10);
        report.criticalPath("chain", CriticalPathBenchmark.Chain.HOPS, 1.02);
        report.scheduling("SchedulingBenchmark", "");
        report.scheduling("SerialSchedulingBenchmark", ", serial");
        for (int nodes : new int[] {100, 10_000}) {
            report.modelNode(nodes);
        }
        report.pending("pass", "2 GB");
        report.pending("passInLittleMemory", "400 MB");
        report.pendingState();
        report.textGrowth();
        report.print();
    }

    private void take(RunResult result) {
        BenchmarkParams run = result.getParams();
        StringBuilder key = new StringBuilder(
                run.getBenchmark().substring(getClass().getPackageName().length() + 1));
        run.getParamsKeys().stream().sorted().forEach(name -> key.append(' ').append(run.getParam(name)));
        Statistics wall = result.getPrimaryResult().getStatistics();
        Result<?> nanos = result.getSecondaryResults().get("cpuNanos");
        Result<?> runs = result.getSecondaryResults().get("runs");
        Result<?> floor = result.getSecondaryResults().get("micros");
        Result<?> held = result.getSecondaryResults().get("bytes");
        measured.put(
                key.toString(),
                new Measured(
                        wall.getPercentile(50),
                        wall.getMin(),
                        nanos == null ? 0 : nanos.getScore() / runs.getScore(),
                        floor == null ? 0 : floor.getStatistics().getMax(),
                        held == null ? 0 : held.getStatistics().getMax()));
    }

    private void criticalPath(String form, int hops, double goal) {
        Measured pass = measured.get("CriticalPathBenchmark." + form);
        Measured timers = measured.get("CriticalPathBenchmark." + form + "Timers");
        double path = hops * (double) CriticalPathBenchmark.DELAY.toMillis();
        if (pass != null) {
            row(
                    form + ", " + hops + " hops of 50 ms: wall / critical path",
                    format("<= %.2f x", goal),
                    format("%.3f x", pass.median / path),
                    format("%.1f ms", pass.median)
                            + (timers == null ? "" : format("; the timers alone %.3f x", timers.median / path)));
        }
    }

    private void wide(int branches, double goal) {
        Measured pass = measured.get("BranchesBenchmark.engine " + branches);
        Measured timers = measured.get("BranchesBenchmark.timers " + branches);
        double hop = BranchesBenchmark.DELAY.toMillis();
        if (pass != null) {
            row(
                    format("%,d branches of 50 ms: wall / one hop", branches),
                    format("<= %.2f x", goal),
                    format("%.3f x", pass.median / hop),
                    format("fastest %.3f x", pass.fastest / hop)
                            + (timers == null ? "" : format("; the timers alone %.3f x", timers.median / hop)));
        }
    }

    private void makespan(int seed) {
        Measured pass = measured.get("MakespanBenchmark.pass " + seed);
        if (pass != null) {
            row(
                    format("5,000 random calls, 64 at once: wall / floor (%d)", seed),
                    "<= 1.05 x",
                    format("%.3f x", pass.median * 1000 / pass.floorMicros),
                    format("%.0f ms; the floor %.0f ms", pass.median, pass.floorMicros / 1000));
        }
    }

    private void scheduling(String benchmark, String collector) {
        for (SchedulingBenchmark.Form form : SchedulingBenchmark.Form.values()) {
            for (int nodes : new int[] {1_000, 100_000, 1_000_000}) {
                Measured engine = measured.get(benchmark + ".engine " + form + " " + nodes);
                Measured counter = measured.get(benchmark + ".counter " + form + " " + nodes);
                if (engine != null) {
                    row(
                            format("%s of %,d cheap nodes%s: per node", form, nodes, collector),
                            "<= 200 ns",
                            format("%.0f ns", engine.median / nodes),
                            engine.perNode(nodes) + (counter == null ? "" : "; counter: " + counter.perNode(nodes)));
                }
            }
        }
    }

    private void modelNode(int nodes) {
        Measured pass = measured.get("ModelNodeBenchmark.backward " + nodes);
        if (pass != null) {
            row(
                    format("%,d nodes that ask a model: per node", nodes),
                    "<= 3000 ns",
                    format("%.0f ns", pass.median / nodes),
                    pass.perNode(nodes));
        }
    }

    private void pending(String method, String heap) {
        Measured pass = measured.get("PendingBenchmark." + method);
        if (pass != null) {
            row(
                    format("100,000 calls of 2 s, heap of %s: wall / one", heap),
                    "<= 1.10 x",
                    format("%.3f x", pass.median / PendingBenchmark.DELAY.toMillis()),
                    format("fastest %.3f x", pass.fastest / PendingBenchmark.DELAY.toMillis()));
        }
    }

    private void pendingState() {
        Measured state = measured.get("PendingBenchmark.state");
        if (state != null) {
            row(
                    "a node that waits: state of the pass",
                    "<= 400 B",
                    format("%.0f B", state.held / PendingBenchmark.NODES),
                    "the largest of the run");
        }
    }

    private void textGrowth() {
        String goal = "<= 2.00 x";
        row("15 nested sums: length / one sum's", goal, format("%.2f x", TextGrowth.ofNestedSums()), "");
        row("15 sums of a sum with itself: the same", goal, format("%.2f x", TextGrowth.ofDoubledSums()), "");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private void row(String what, String goal, String median, String beside) {
        rows.add(new Object[] {what, goal, median, beside});
    }

    private void print() {
        System.out.printf("%n" + ROW, "", "goal", "median", "beside");
        rows.forEach(row -> System.out.printf(ROW, row));
    }

    /**
     * One benchmark: median and minimum of the wall times of a run, the mean of its processor time, the least time that
     * it could have taken, and the bytes that it held; 0 where that isn't measured.
     */
    private record Measured(double median, double fastest, double cpu, double floorMicros, double held) {

        String perNode(int nodes) {
            return format("median %.0f, fastest %.0f, cpu %.0f ns", median / nodes, fastest / nodes, cpu / nodes);
        }
    }
}
