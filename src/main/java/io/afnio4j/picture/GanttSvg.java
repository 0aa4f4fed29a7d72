package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws the lines of a Gantt chart. */
final class GanttSvg {

    static final String CRITICAL = "#1b3a5c";
    static final String PALE = "#c9d3de";

    private static final int WIDTH = 1000;
    private static final int LABELS = 350;
    private static final int RIGHT = 60; // for what is written behind the last bar
    private static final int HEAD = 26;
    private static final int BAR = 14;
    private static final int NOTE = 13;
    private static final int TICKS = 6;
    private static final int COLUMNS = 295; // two units wide

    private final List<GanttRows.Row> rows;
    private final CriticalPath path;
    private final long wall;
    private final StringBuilder svg = new StringBuilder();
    private final Map<Node, Integer> drawn = new HashMap<>(); // where the bars of critical nodes are

    GanttSvg(List<GanttRows.Row> rows, CriticalPath path, long wall) {
        this.rows = rows;
        this.path = path;
        this.wall = wall;
    }

    String draw() {
        GanttLegend legend = new GanttLegend(rows, path, wall, WIDTH);
        int bottom = HEAD + rows.stream().mapToInt(GanttSvg::height).sum() + 6;
        int height = bottom + legend.height();
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", WIDTH, height);
        long step = step();
        for (long at = 0; at <= wall; at += step) {
            tick(at, bottom);
        }
        int y = HEAD;
        for (GanttRows.Row row : rows) {
            label(row, y);
            Load load = row.load();
            if (load == null) {
                bar(row.visits().get(0), y + 3);
            } else {
                load(row, load, y + 3);
            }
            y += height(row);
        }
        return svg.append(legend.draw(bottom)).append("</svg>").toString();
    }

    private static int height(GanttRows.Row row) {
        return row.load() == null ? 20 + NOTE * row.notes().size() : 36;
    }

    /** A round time, so that there are few ticks. */
    private long step() {
        long step = 1;
        for (int i = 0; wall / step > TICKS; i++) {
            step = i % 3 == 1 ? step / 2 * 5 : step * 2; // 1, 2, 5, 10, ...
        }
        return step;
    }

    private void tick(long at, int bottom) {
        add("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>\n", x(at), HEAD - 6, x(at), bottom);
        add(
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555555\">%s</text>\n",
                x(at), HEAD - 12, Words.time(at));
    }

    /** In a frame of its own, which cuts what is too broad: letters of some scripts take twice the room. */
    private void label(GanttRows.Row row, int y) {
        add("<svg width=\"%d\"><title>%s</title>", LABELS - 4, Escape.xml(title(row)));
        add(
                "<text x=\"4\" y=\"%d\" fill=\"#222222\"%s>%s</text>",
                y + 13,
                row.critical() ? " font-weight=\"bold\"" : "",
                Escape.xml(Escape.shortened(row.label(), row.critical() ? 44 : 50)));
        int line = y + 13;
        for (String note : row.notes()) {
            add(
                    "<text x=\"4\" y=\"%d\" fill=\"#555555\" font-size=\"9.5\">%s</text>",
                    line += NOTE, Escape.xml(Escape.shortened(note, 64)));
        }
        svg.append("</svg>\n");
    }

    private static String title(GanttRows.Row row) {
        return row.notes().isEmpty() ? row.label() : row.label() + "\n" + String.join("\n", row.notes());
    }

    private void bar(Visit visit, int y) {
        boolean critical = path.holds(visit.node());
        svg.append("<g><title>")
                .append(Escape.xml(String.join("\n", about(visit))))
                .append("</title>");
        if (waitedForRest(path, visit, wall)) { // some of its feedback had come, and it waited for the rest
            add(
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#8fa0b2\" stroke-dasharray=\"2,3\"/>",
                    x(path.began(visit.node())), y + BAR / 2, x(visit.from()), y + BAR / 2);
        }
        rect(visit.from(), visit.to(), y, PALE, "");
        String colour = Fate.of(visit).strong();
        together(visit.calls()).forEach(call -> rect(call.from(), call.to(), y, colour, ""));
        if (critical) {
            rect(visit.from(), visit.to(), y, "none", " stroke=\"" + CRITICAL + "\" stroke-width=\"1.5\"");
            follow(visit, y);
        }
        add(
                "<text x=\"%.1f\" y=\"%d\" fill=\"#555555\" font-size=\"9.5\">%s</text></g>\n",
                x(visit.to()) + 4, y + 11, Words.time(visit.took()));
    }

    /** Calls with less than a pixel between them, drawn as one. */
    private List<Visit.Span> together(List<Visit.Span> calls) {
        List<Visit.Span> together = new ArrayList<>();
        for (Visit.Span call : calls) {
            int last = together.size() - 1;
            if (last >= 0 && x(call.from()) - x(together.get(last).to()) < 1) {
                together.set(last, new Visit.Span(together.get(last).from(), call.to()));
            } else {
                together.add(call);
            }
        }
        return together;
    }

    /** Whether some of a node's feedback came so much sooner than the rest that one can see it. */
    static boolean waitedForRest(CriticalPath path, Visit visit, long wall) {
        return path.waitedForRest(visit.node()) > wall / 100;
    }

    private void rect(long from, long to, int y, String fill, String stroke) {
        add(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"%s/>",
                x(from), y, Math.max(1, x(to) - x(from)), BAR, fill, stroke);
    }

    /** An arrow from the end of the node that let this one start. */
    private void follow(Visit visit, int y) {
        Node before = path.before(visit.node());
        Integer above = before == null ? null : drawn.get(before);
        if (above != null) {
            double at = x(visit.from());
            add(
                    "<path d=\"M%.1f,%d V%d M%.1f,%d l3,5 l3,-5 z\" stroke=\"%s\" fill=\"%s\"/>",
                    at, above + BAR, y - 5, at - 3, y - 5, CRITICAL, CRITICAL);
        }
        drawn.put(visit.node(), y);
    }

    private List<String> about(Visit visit) {
        List<String> lines = new ArrayList<>(List.of(Words.name(visit.node())));
        lines.addAll(Words.about(visit));
        Node before = path.before(visit.node());
        if (before != null) {
            lines.add(3, "could start when this one had ended: " + Words.name(before));
        }
        return lines;
    }

    /** Above how many ask at once, below how many wait, each in its own measure. */
    private void load(GanttRows.Row row, Load load, int y) {
        add("<g><title>%s</title>", Escape.xml(title(row)));
        String colour = row.colour().orElse(Fate.DONE).strong();
        area(load.calling(COLUMNS), load.mostCalling(), y + BAR, -BAR, colour);
        area(load.waiting(COLUMNS), load.mostWaiting(), y + BAR + 1, BAR - 2, PALE);
        svg.append("</g>\n");
    }

    private void area(double[] means, int most, int base, int height, String fill) {
        if (most == 0) {
            return;
        }
        add("<path d=\"M%.1f,%d", x(0), base);
        for (int column = 0; column < means.length; column++) {
            add("V%.1fH%.1f", base + height * means[column] / most, x(0) + 2 * (column + 1));
        }
        add("V%dZ\" fill=\"%s\"/>", base, fill);
    }

    private double x(long nanos) {
        return LABELS + (WIDTH - LABELS - RIGHT) * (nanos / (double) wall);
    }

    private void add(String pattern, Object... values) {
        svg.append(String.format(Locale.ROOT, pattern, values));
    }
}
