package io.afnio4j.picture;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How many of some nodes ask, and how many wait for a place, over time. */
final class Load {

    private final List<Visit.Span> calling;
    private final List<Visit.Span> waiting;
    private final long wall;

    private Load(List<Visit.Span> calling, List<Visit.Span> waiting, long wall) {
        this.calling = calling;
        this.waiting = waiting;
        this.wall = wall;
    }

    static Load of(List<Visit> visits, long wall) {
        return new Load(
                visits.stream().flatMap(visit -> visit.calls().stream()).toList(),
                visits.stream().flatMap(Load::gaps).toList(),
                wall);
    }

    /** When a node was ready and nothing was on its way. */
    static Stream<Visit.Span> gaps(Visit visit) {
        Stream.Builder<Visit.Span> gaps = Stream.builder();
        long at = visit.from();
        for (Visit.Span call : visit.calls()) {
            gaps.add(new Visit.Span(at, call.from()));
            at = call.to();
        }
        return gaps.add(new Visit.Span(at, visit.to())).build().filter(gap -> gap.length() > 0);
    }

    int mostCalling() {
        return most(calling);
    }

    int mostWaiting() {
        return most(waiting);
    }

    double[] calling(int columns) {
        return means(calling, columns);
    }

    double[] waiting(int columns) {
        return means(waiting, columns);
    }

    /**
     * How many there are at once. Who ends about when another begins makes room for it: that a node has ended is told a
     * moment after its place was given to the next.
     */
    private int most(List<Visit.Span> spans) {
        long[] begins = sorted(spans.stream().mapToLong(Visit.Span::from));
        long[] ends = sorted(spans.stream()
                .mapToLong(span -> Math.max(span.from() + span.length() / 2, span.to() - wall / 1000)));
        int most = 0;
        int ended = 0;
        for (int begun = 0; begun < begins.length; begun++) {
            while (ends[ended] <= begins[begun] && ended < begun) {
                ended++;
            }
            most = Math.max(most, begun + 1 - ended);
        }
        return most;
    }

    private static long[] sorted(LongStream times) {
        return times.sorted().toArray();
    }

    /**
     * By column of the chart, how many there are on average. Its time grows with how many there are, not with how long
     * they take.
     */
    private double[] means(List<Visit.Span> spans, int columns) {
        double[] changes = new double[columns + 2];
        double[] parts = new double[columns + 1];
        double width = (double) wall / columns;
        for (Visit.Span span : spans) {
            double from = span.from() / width;
            double to = span.to() / width;
            int first = (int) from;
            int last = (int) to;
            parts[first] -= from - first; // of whole columns from the first to the one before the last
            changes[first]++;
            changes[last]--;
            parts[last] += to - last;
        }
        double level = 0;
        for (int column = 0; column <= columns; column++) {
            level += changes[column];
            parts[column] += level;
        }
        return Arrays.copyOf(parts, columns);
    }
}
