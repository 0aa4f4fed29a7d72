package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Puts a Gantt chart on a page, with its figures before and the critical path in words behind it. */
final class GanttPage {

    private static final int STEPS = 40;

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>A backward pass</title>
            <style>
            :root { color-scheme: light; }
            body { font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 1120px; padding: 0 1em; color: #222; background: #fff; }
            body > svg { width: 100%; height: auto; margin: 1em 0; }
            td, th { padding: 0 1.5em 0 0; text-align: left; vertical-align: top; }
            th { color: #555; font-weight: normal; }
            .steps { font-size: 13px; }
            .steps td { overflow-wrap: anywhere; }
            .number { text-align: right; white-space: nowrap; }
            </style>
            </head>
            <body>
            <h1>A backward pass</h1>
            """;

    private final List<Visit> visits;
    private final List<Visit> critical;
    private final CriticalPath path;
    private final PassRecord.Ending ending;
    private final long wall;

    GanttPage(List<Visit> visits, CriticalPath path, PassRecord.Ending ending, long wall) {
        this.visits = visits;
        this.critical =
                visits.stream().filter(visit -> path.holds(visit.node())).toList();
        this.path = path;
        this.ending = ending;
        this.wall = wall;
    }

    String around(String svg) {
        return HEAD + summary() + svg + "\n" + steps() + "</body>\n</html>\n";
    }

    private String summary() {
        long called = sum(visits, visit -> visit.asked().sum());
        long asked = visits.stream().filter(visit -> !visit.calls().isEmpty()).count();
        long waited = sum(visits, Visit::waited);
        return "<table>\n" + row("The pass", ending.words())
                + row("Nodes that asked", String.format(Locale.ROOT, "%,d", asked))
                + row("Time of the pass", Words.time(wall))
                + row("Calls on the critical path", Words.time(sum(critical, Visit::called)))
                + row("Waiting for a place on the critical path", Words.time(sum(critical, Visit::waited)))
                + row("All calls, summed up", Words.time(called))
                + row("All waiting for a place, summed up", Words.time(waited))
                + row(
                        "Gained by asking at the same time",
                        wall == 0 ? "nothing" : String.format(Locale.ROOT, "%.1f ×", (double) called / wall))
                + "</table>\n";
    }

    private static long sum(List<Visit> visits, ToLongFunction<Visit> time) {
        return visits.stream().mapToLong(time).sum();
    }

    private static String row(String name, String value) {
        return "<tr><td>" + name + "</td><td>" + value + "</td></tr>\n";
    }

    private String steps() {
        if (critical.isEmpty()) {
            return "";
        }
        StringBuilder table = new StringBuilder(
                "<h2>The critical path</h2>\n<table class=\"steps\">\n<tr><th>ready</th>"
                        + "<th>node</th><th>could start when this one had ended</th><th>where its time went</th></tr>\n");
        for (Visit visit : critical.subList(0, Math.min(STEPS, critical.size()))) {
            Node before = path.before(visit.node());
            table.append("<tr><td class=\"number\">").append(Words.time(visit.from()));
            table.append("</td><td>").append(Escape.xml(Words.name(visit.node())));
            table.append("</td><td>").append(before == null ? "" : Escape.xml(Words.name(before)));
            table.append("</td><td>").append(Escape.xml(Words.shares(visit))).append("</td></tr>\n");
        }
        table.append("</table>\n");
        int more = critical.size() - STEPS;
        return more <= 0 ? table.toString() : table + String.format(Locale.ROOT, "<p>And %,d more.</p>\n", more);
    }
}
