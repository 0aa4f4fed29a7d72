package io.afnio4j.picture;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes a graph as a Mermaid flow chart. */
final class MermaidWriter {

    private final List<Vertex> vertices;
    private final @Nullable PassRecord record;

    MermaidWriter(List<Vertex> vertices, @Nullable PassRecord record) {
        this.vertices = vertices;
        this.record = record;
    }

    String write() {
        StringBuilder chart = new StringBuilder("flowchart LR\n");
        for (int number = 0; number < vertices.size(); number++) {
            Vertex vertex = vertices.get(number);
            Outcome outcome = Outcome.of(vertex, record);
            String words = Stream.concat(
                            Stream.of(vertex.label()), outcome.words().lines())
                    .map(Escape::mermaid)
                    .collect(Collectors.joining("<br/>"));
            boolean function = vertex.kind() == Vertex.Kind.FUNCTION;
            chart.append("  n").append(number);
            chart.append(function ? "[\"" : "([\"").append(words).append(function ? "\"]" : "\"])");
            chart.append('\n');
            if (record != null) {
                chart.append("  style n").append(number);
                chart.append(" fill:").append(outcome.fill()).append('\n');
            }
        }
        for (int number = 0; number < vertices.size(); number++) {
            for (int target : vertices.get(number).targets()) {
                chart.append("  n")
                        .append(number)
                        .append(" --> n")
                        .append(target)
                        .append('\n');
            }
        }
        return chart.toString();
    }
}
