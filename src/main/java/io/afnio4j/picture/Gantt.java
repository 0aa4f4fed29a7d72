package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A chart of one backward pass over time: which node waited for answers when, and which of them the pass waited for last, the critical path. Up to 60 nodes have a line
 * each; of more, those on the critical path do, and the others share a line where they bear the same name and, apart from numbers, the same role.
 *
 * <p>A snapshot: it shows the pass as its record was when {@link #of} was called.
 */
public final class Gantt {

    private static final int UNFOLDED = 60;

    private final List<Row> rows;
    private final long wall;
    private final long waited;
    private final long critical;
    private final int nodes;

    private Gantt(List<Row> rows, long wall, List<PassRecord.Visit> visits) {
        this.rows = rows;
        this.wall = wall;
        this.waited = visits.stream().mapToLong(PassRecord.Visit::took).sum();
        this.critical = rows.stream()
                .filter(Row::critical)
                .flatMap(row -> row.bars().stream())
                .mapToLong(PassRecord.Visit::took)
                .sum();
        this.nodes = visits.size();
    }

    /**
     * Draws a pass.
     *
     * @param root the variable whose backward was run
     * @param record the listener of that pass
     * @return its chart
     */
    public static Gantt of(Variable root, PassRecord record) {
        List<PassRecord.Visit> visits = record.visits().stream()
                .filter(visit -> visit.state() != PassRecord.State.SKIPPED)
                .sorted(Comparator.comparingLong(PassRecord.Visit::from).thenComparingLong(PassRecord.Visit::to))
                .toList();
        Set<Node> path = CriticalPath.of(root, record);
        return new Gantt(rows(visits, path), record.wall(), visits);
    }

    private static List<Row> rows(List<PassRecord.Visit> visits, Set<Node> path) {
        List<Row> rows = new ArrayList<>();
        Map<String, List<PassRecord.Visit>> folded = new LinkedHashMap<>();
        for (PassRecord.Visit visit : visits) {
            boolean critical = path.contains(visit.node());
            if (critical || visits.size() <= UNFOLDED) {
                rows.add(new Row(label(visit), List.of(visit), critical));
            } else {
                folded.computeIfAbsent(look(visit), look -> new ArrayList<>()).add(visit);
            }
        }
        folded.forEach((look, alike) ->
                rows.add(new Row(alike.size() == 1 ? label(alike.get(0)) : look + " × " + alike.size(), alike, false)));
        return rows;
    }

    private static String label(PassRecord.Visit visit) {
        return visit.node().name() + ": " + Escape.shortened(visit.node().role());
    }

    /** The label without numbers, but for the one that every node's name ends with. */
    private static String look(PassRecord.Visit visit) {
        String role = Looks.withoutNumbers(Escape.shortened(visit.node().role()));
        return visit.node().name().replaceAll("\\d+(?=\\D)", "#") + ": " + role;
    }

    /**
     * The chart alone.
     *
     * @return a whole SVG file that refers to nothing outside of it
     */
    public String toSvg() {
        return new GanttSvg(rows, wall).draw();
    }

    /**
     * The chart with its figures, as a page.
     *
     * @return a whole HTML file that refers to nothing outside of it and runs no script
     */
    public String toHtml() {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
                <title>A backward pass</title>
                <style>
                body { font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 1040px; padding: 0 1em; color: #222; }
                svg { width: 100%; height: auto; }
                td { padding: 0 2em 0 0; }
                </style>
                </head>
                <body>
                <h1>A backward pass</h1>
                """
                + summary()
                + toSvg()
                + "\n<p>Outlined: the critical path, which the pass waited for last. Green: answered. Red: failed. Amber: still waits."
                + " Lines of many nodes are darker where more of them wait at once.</p>\n</body>\n</html>\n";
    }

    private String summary() {
        return "<table>\n" + row("Nodes that asked", String.format(Locale.ROOT, "%,d", nodes))
                + row("Time of the pass", Outcome.millis(wall))
                + row("Waited for on the critical path", Outcome.millis(critical))
                + row("All waiting, summed up", Outcome.millis(waited))
                + row(
                        "Gained by asking at the same time",
                        wall == 0 ? "nothing" : String.format(Locale.ROOT, "%.1f ×", (double) waited / wall))
                + "</table>\n";
    }

    private static String row(String name, String value) {
        return "<tr><td>" + name + "</td><td>" + value + "</td></tr>\n";
    }

    /** One line of the chart. */
    record Row(String label, List<PassRecord.Visit> bars, boolean critical) {}
}
