package io.afnio4j.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says under a Gantt chart what its colours and lines mean, those that it has. */
final class GanttLegend {

    private static final int LINE = 18;
    private static final int SWATCH = 20; // with the space behind it
    private static final double LETTER = 6.2;

    private final List<Entry> entries = new ArrayList<>();

    GanttLegend(List<GanttRows.Row> rows, CriticalPath path, long wall) {
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
                .filter(row -> row.visits().size() == 1)
                .anyMatch(row -> GanttSvg.waitedForRest(path, row.visits().get(0), wall))) {
            entry(
                    "dotted: waits for the rest of its feedback",
                    "fill=\"none\" stroke=\"#8fa0b2\" stroke-dasharray=\"2,3\"");
        }
        if (rows.stream().anyMatch(row -> row.visits().size() > 1)) {
            entry("lines of many: up, how many ask at once; down, how many wait", "fill=\"none\"");
        }
    }

    private void entry(String words, String style) {
        entries.add(new Entry(words, style));
    }

    int height(int width) {
        int lines = 1;
        double x = 4;
        for (Entry entry : entries) {
            if (x + entry.width() > width) {
                lines++;
                x = 4;
            }
            x += entry.width();
        }
        return entries.isEmpty() ? 0 : lines * LINE + 8;
    }

    String draw(int top, int width) {
        StringBuilder svg = new StringBuilder();
        double x = 4;
        int y = top + 6;
        for (Entry entry : entries) {
            if (x + entry.width() > width) {
                y += LINE;
                x = 4;
            }
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" y=\"%d\" width=\"14\" height=\"10\" %s/><text x=\"%.1f\" y=\"%d\" fill=\"#333333\">%s</text>\n",
                    x,
                    y,
                    entry.style,
                    x + SWATCH,
                    y + 9,
                    entry.words));
            x += entry.width();
        }
        return svg.toString();
    }

    private record Entry(String words, String style) {

        private double width() {
            return SWATCH + LETTER * words.length() + 16;
        }
    }
}
