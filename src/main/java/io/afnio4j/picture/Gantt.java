package io.afnio4j.picture;

import io.afnio4j.autodiff.Variable;
import java.util.Comparator;
import java.util.List;

/**
 * A chart of one backward pass over time: which node waited for what and asked when, and which of them the pass waited
 * for last, the critical path. A bar begins when its node was ready: pale where it waited for a place, at the pass's
 * own limit or in the queue of a client that counts its calls, in colour where at least one of its calls was on its
 * way. On the critical path it is said for each node whose end let it start; of the others, and of whatever else is
 * known of a node, its tooltip tells.
 *
 * <p>Up to 60 nodes have a line each. Of more, the longest of the critical path and the first that failed do; the
 * others share a line where they bear the same name and, apart from numbers, the same role. Such a line shows how many
 * of them ask at once and how many wait. So a chart has 70 lines at most.
 *
 * <p>A snapshot: it shows the pass as its record was when {@link #of} was called.
 */
public final class Gantt {

    private final List<Visit> visits;
    private final CriticalPath path;
    private final PassRecord.Ending ending;
    private final long wall;

    private Gantt(Variable root, PassRecord record) {
        PassRecord.Snapshot pass = record.snapshot();
        this.wall = pass.wall();
        this.ending = pass.ending();
        this.path = CriticalPath.of(root, pass.visits());
        this.visits = pass.visits().stream()
                .filter(visit -> visit.state() != Visit.State.SKIPPED)
                .sorted(Comparator.comparingLong(Visit::from).thenComparingLong(Visit::to))
                .toList();
    }

    /**
     * Draws a pass.
     *
     * @param root the variable whose backward was run
     * @param record the listener of that pass
     * @return its chart
     */
    public static Gantt of(Variable root, PassRecord record) {
        return new Gantt(root, record);
    }

    /**
     * The chart alone.
     *
     * @return a whole SVG file that refers to nothing outside of it
     */
    public String toSvg() {
        long shown = Math.max(1, wall); // something to divide by
        return new GanttSvg(new GanttRows(path, shown).of(visits), path, shown).draw();
    }

    /**
     * The chart with its figures, as a page.
     *
     * @return a whole HTML file that refers to nothing outside of it and runs no script
     */
    public String toHtml() {
        return new GanttPage(visits, path, ending, wall).around(toSvg());
    }
}
