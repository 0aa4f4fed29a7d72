package io.afnio4j.picture;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes a graph in Graphviz's language. */
final class DotWriter {

    private final List<Vertex> vertices;
    private final @Nullable PassRecord record;
    private final UnaryOperator<String> escape;

    /** Takes the escaping as well, since not every reader of the language takes it alike. */
    DotWriter(List<Vertex> vertices, @Nullable PassRecord record, UnaryOperator<String> escape) {
        this.vertices = vertices;
        this.record = record;
        this.escape = escape;
    }

    String write() {
        StringBuilder dot = new StringBuilder("digraph {\n  rankdir=LR;\n");
        dot.append("  node [fontname=\"sans-serif\", fontsize=11];\n");
        for (int number = 0; number < vertices.size(); number++) {
            Vertex vertex = vertices.get(number);
            Outcome outcome = Outcome.of(vertex, record);
            String label = outcome.words().isEmpty() ? vertex.label() : vertex.label() + "\n" + outcome.words();
            dot.append("  n").append(number);
            dot.append(" [label=\"").append(escape.apply(label)).append("\", shape=box, ");
            dot.append(vertex.kind() == Vertex.Kind.FUNCTION ? "style=\"filled\"" : "style=\"filled,rounded\"");
            dot.append(", fillcolor=\"").append(outcome.fill()).append("\"];\n");
        }
        for (int number = 0; number < vertices.size(); number++) {
            for (int target : vertices.get(number).targets()) {
                dot.append("  n").append(number).append(" -> n").append(target).append(";\n");
            }
        }
        return dot.append("}\n").toString();
    }
}
