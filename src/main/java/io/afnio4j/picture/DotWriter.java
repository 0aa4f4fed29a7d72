package io.afnio4j.picture;

import java.util.List;

/** Writes a graph in Graphviz's language. */
final class DotWriter {

    private final List<Box> boxes;
    private final Dialect dialect;

    DotWriter(List<Box> boxes, Dialect dialect) {
        this.boxes = boxes;
        this.dialect = dialect;
    }

    String write() {
        StringBuilder dot = new StringBuilder("digraph {\n  rankdir=");
        dot.append(Direction.of(boxes).dot()).append(";\n");
        List<String> legend = Box.legend(boxes);
        if (dialect == Dialect.GRAPHVIZ && !legend.isEmpty()) {
            dot.append("  label=\"").append(lines(legend));
            dot.append("\"; labelloc=b; fontname=\"sans-serif\"; fontsize=10;\n");
        }
        dot.append("  node [fontname=\"sans-serif\", fontsize=11];\n");
        for (int number = 0; number < boxes.size(); number++) {
            dot.append("  n").append(number).append(" [");
            write(boxes.get(number), dot);
            dot.append("];\n");
        }
        for (int number = 0; number < boxes.size(); number++) {
            for (int target : boxes.get(number).vertex().targets()) {
                dot.append("  n").append(number).append(" -> n").append(target).append(";\n");
            }
        }
        return dot.append("}\n").toString();
    }

    private void write(Box box, StringBuilder dot) {
        boolean function = box.vertex().kind() == Vertex.Kind.FUNCTION;
        dot.append("label=\"").append(lines(box.lines())).append("\", shape=box");
        dot.append(", style=\"").append(function ? "filled" : dialect.rounded());
        dot.append("\", fillcolor=\"").append(box.outcome().fill()).append('"');
        if (dialect == Dialect.GRAPHVIZ) {
            String tooltip = box.outcome().tooltip();
            dot.append(", tooltip=\"").append(dialect.escape(tooltip)).append('"');
        }
    }

    private String lines(List<String> lines) {
        return dialect.escape(String.join("\n", lines));
    }

    /** Not every reader of the language takes it alike. */
    enum Dialect {
        GRAPHVIZ,
        /**
         * The layout library: it knows one style at a time, fills whatever has a colour, and shows tooltips on links
         * only.
         */
        LAYOUT;

        private String escape(String text) {
            return this == GRAPHVIZ ? Escape.dot(text) : Escape.forLayout(text);
        }

        private String rounded() {
            return this == GRAPHVIZ ? "filled,rounded" : "rounded";
        }
    }
}
