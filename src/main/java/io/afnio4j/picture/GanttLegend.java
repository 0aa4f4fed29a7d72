package io.afnio4j.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says under a Gantt chart what its colours and lines mean, those that it has. */
final class GanttLegend {

    private static final int LEFT = 4;
    private static final int LINE = 18;
    private static final int SWATCH = 20; // with the space behind it
    private static final double LETTER = 6.2;

    private final List<Entry> entries = new ArrayList<>();
    private final int width;
    private double x = LEFT; // where the next entry stands, if there is room for it
    private int line;

    GanttLegend(List<GanttRows.Row> rows, CriticalPath path, long wall, int width) {
        this.width = width;
        rows.stream()
                .flatMap(row -> row.colour().stream())
                .distinct()
                .sorted()
                .forEach(fate -> entry("calls: " + fate.words(), "fill=\"" + fate.strong() + "\""));
        List<Visit> visits = rows.stream().flatMap(row -> row.visits().stream()).toList();
        if (visits.stream().anyMatch(visit -> visit.waited() > wall / 500)) {
            entry("ready, waits for a place", "fill=\"" + GanttSvg.PALE + "\"");
        }
        if (rows.stream().anyMatch(GanttRows.Row::critical)) {
            entry("critical path", "fill=\"none\" stroke=\"" + GanttSvg.CRITICAL + "\" stroke-width=\"1.5\"");
        }
        if (rows.stream()
                .filter(row -> row.load() == null)
                .anyMatch(row -> GanttSvg.waitedForRest(path, row.visits().get(0), wall))) {
            entry(
                    "dotted: waits for the rest of its feedback",
                    "fill=\"none\" stroke=\"#8fa0b2\" stroke-dasharray=\"2,3\"");
        }
        if (rows.stream().anyMatch(row -> row.load() != null)) {
            entry("lines of many: up, how many ask at once; down, how many wait", "fill=\"none\"");
        }
    }

    private void entry(String words, String style) {
        double needed = SWATCH + LETTER * words.length() + 16;
        if (x + needed > width) {
            line++;
            x = LEFT;
        }
        entries.add(new Entry(words, style, x, line));
        x += needed;
    }

    int height() {
        return entries.isEmpty() ? 0 : (line + 1) * LINE + 8;
    }

    String draw(int top) {
        StringBuilder svg = new StringBuilder();
        for (Entry entry : entries) {
            int y = top + 6 + entry.line * LINE;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%d\" width=\"14\" height=\"10\" %s/><text x=\"%.1f\" y=\"%d\" fill=\"#333333\">%s</text>\n",
                    entry.x,
                    y,
                    entry.style,
                    entry.x + SWATCH,
                    y + 9,
                    entry.words));
        }
        return svg.toString();
    }

    private record Entry(String words, String style, double x, int line) {}
}
