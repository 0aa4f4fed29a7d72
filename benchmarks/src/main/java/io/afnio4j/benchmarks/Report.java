package io.afnio4j.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * Runs the benchmarks and prints one table: what was measured, the goal, the median, and the baseline of the same run where there is one. The arguments are
 * JMH's own, so {@code Scheduling -prof gc} runs a part of it, profiled. Figures never fail a run.
 */
public final class Report {

    private static final String ROW = "%-44s %12s %12s %s%n";

    private final Map<String, Double> medians = new TreeMap<>();
    private final List<Object[]> rows = new ArrayList<>();

    private Report() {}

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        Collection<RunResult> results = new Runner(new CommandLineOptions(args)).run();
        Report report = new Report();
        results.forEach(report::take);
        report.criticalPath("1000x2", 1.10);
        report.criticalPath("1x100", 1.02);
        for (SchedulingBenchmark.Form form : SchedulingBenchmark.Form.values()) {
            for (int nodes : new int[] {1_000, 100_000, 1_000_000}) {
                report.scheduling(form, nodes);
            }
        }
        report.modelNode();
        report.textGrowth();
        report.print();
    }

    private void take(RunResult result) {
        BenchmarkParams run = result.getParams();
        StringBuilder key = new StringBuilder(
                run.getBenchmark().substring(getClass().getPackageName().length() + 1));
        run.getParamsKeys().stream().sorted().forEach(name -> key.append(' ').append(run.getParam(name)));
        medians.put(key.toString(), result.getPrimaryResult().getStatistics().getPercentile(50));
    }

    private void criticalPath(String shape, double goal) {
        Double wall = medians.get("CriticalPathBenchmark.backward " + shape);
        Double timers = medians.get("CriticalPathBenchmark.timers " + shape);
        int hops = CriticalPathBenchmark.hops(shape);
        int calls = CriticalPathBenchmark.branches(shape) * hops;
        double path = hops * (double) CriticalPathBenchmark.DELAY.toMillis();
        if (wall == null) {
            return;
        }
        String alone = timers == null ? "" : String.format(Locale.ROOT, "; timers alone %.3f x", timers / path);
        row(
                shape + " calls of 50 ms: wall / critical path",
                String.format(Locale.ROOT, "<= %.2f x", goal),
                String.format(Locale.ROOT, "%.3f x", wall / path),
                String.format(Locale.ROOT, "%.1f ms%s; one call at a time %d x (computed)", wall, alone, calls / hops));
    }

    private void scheduling(SchedulingBenchmark.Form form, int nodes) {
        Double engine = medians.get("SchedulingBenchmark.engine " + form + " " + nodes);
        Double counter = medians.get("SchedulingBenchmark.counter " + form + " " + nodes);
        if (engine == null) {
            return;
        }
        row(
                String.format(Locale.ROOT, "%s of %,d cheap nodes: per node", form, nodes),
                "<= 300 ns",
                String.format(Locale.ROOT, "%.0f ns", engine / nodes),
                counter == null
                        ? ""
                        : String.format(Locale.ROOT, "counter %.0f ns, so %.2f x", counter / nodes, engine / counter));
    }

    private void modelNode() {
        Double perNode = medians.get("ModelNodeBenchmark.backward");
        if (perNode != null) {
            row(
                    "node that asks a model: per node",
                    "<= 3.5 us",
                    String.format(Locale.ROOT, "%.2f us", perNode / 1000),
                    "");
        }
    }

    private void textGrowth() {
        String goal = "<= 2.00 x";
        row("15 nested sums: length / one sum's", goal, times(TextGrowth.ofNestedSums()), "");
        row("15 sums of a sum with itself: the same", goal, times(TextGrowth.ofDoubledSums()), "");
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2f x", ratio);
    }

    private void row(String what, String goal, String median, String beside) {
        rows.add(new Object[] {what, goal, median, beside});
    }

    private void print() {
        System.out.printf("%n" + ROW, "", "goal", "median", "");
        rows.forEach(row -> System.out.printf(ROW, row));
    }
}
