package io.afnio4j.picture;

import java.util.List;
import java.util.Locale;

/** Draws the lines of a Gantt chart. */
final class GanttSvg {

    private static final int WIDTH = 1000;
    private static final int LABELS = 360;
    private static final int ROW = 20;
    private static final int HEAD = 26;
    private static final int TICKS = 5;

    private final List<Gantt.Row> rows;
    private final long wall;
    private final StringBuilder svg = new StringBuilder();

    GanttSvg(List<Gantt.Row> rows, long wall) {
        this.rows = rows;
        this.wall = Math.max(1, wall);
    }

    String draw() {
        int height = HEAD + rows.size() * ROW + 6;
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", WIDTH, height);
        for (int tick = 0; tick <= TICKS; tick++) {
            tick(wall * tick / TICKS, height);
        }
        for (int i = 0; i < rows.size(); i++) {
            row(rows.get(i), HEAD + i * ROW);
        }
        return svg.append("</svg>").toString();
    }

    private void tick(long at, int height) {
        add("<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#dddddd\"/>\n", x(at), HEAD - 6, x(at), height);
        add(
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" fill=\"#666666\">%s</text>\n",
                x(at), HEAD - 12, at == wall ? "end" : "middle", Outcome.millis(at));
    }

    private void row(Gantt.Row row, int y) {
        String label = Escape.xml(clipped(row.label()));
        add(
                "<text x=\"4\" y=\"%d\" fill=\"#222222\"%s>%s</text>\n",
                y + 13, row.critical() ? " font-weight=\"bold\"" : "", label);
        double opacity = Math.max(0.04, 0.9 / Math.sqrt(row.bars().size()));
        for (PassRecord.Visit bar : row.bars()) {
            add(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\" fill-opacity=\"%.2f\"%s>",
                    x(bar.from()),
                    y + 3,
                    Math.max(1, x(bar.to()) - x(bar.from())),
                    ROW - 6,
                    colour(bar.state()),
                    opacity,
                    row.critical() ? " stroke=\"#1b3a5c\" stroke-width=\"1.5\"" : "");
            add(
                    "<title>%s, %s after %s</title></rect>\n",
                    Escape.xml(bar.node().role()), Outcome.millis(bar.took()), Outcome.millis(bar.from()));
        }
    }

    private static String clipped(String label) {
        return label.length() <= 58 ? label : label.substring(0, 40) + "…" + label.substring(label.length() - 17);
    }

    private static String colour(PassRecord.State state) {
        return switch (state) {
            case DONE -> "#3a9d55";
            case FAILED -> "#c23b3b";
            case WAITING -> "#d99a1c";
            case SKIPPED -> "#999999";
        };
    }

    private double x(long nanos) {
        return LABELS + (WIDTH - LABELS - 10) * (nanos / (double) wall);
    }

    private void add(String pattern, Object... values) {
        svg.append(String.format(Locale.ROOT, pattern, values));
    }
}
