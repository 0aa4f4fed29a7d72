package io.afnio4j.autodiff;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Pictures of what a variable was made from. */
public final class Graph {

    private static final int MOST_NODES = 500;

    private Graph() {}

    /**
     * Draws the backward graph of a variable as a Mermaid flow chart: functions as boxes, leaves as rounded boxes with their roles, arrows in
     * the direction in which feedback travels.
     *
     * @param root the variable
     * @return the chart; of a graph with more than 500 nodes, the part that lies nearest to the root
     */
    public static String toMermaid(Variable root) {
        StringBuilder chart = new StringBuilder("flowchart LR\n");
        Map<Node, String> names = new LinkedHashMap<>();
        Deque<Node> open = new ArrayDeque<>();
        chart.append("  root([\"").append(escaped(root.role())).append("\"])\n");
        draw(chart, "root", root.gradientEdge(), names, open);
        while (!open.isEmpty()) {
            Node node = open.remove();
            List<GradientEdge> edges = node.nextFunctions();
            for (GradientEdge edge : edges) {
                draw(chart, Objects.requireNonNull(names.get(node)), edge, names, open);
            }
        }
        return chart.toString();
    }

    private static void draw(
            StringBuilder chart, String from, GradientEdge edge, Map<Node, String> names, Deque<Node> open) {
        Node node = edge.node();
        if (node == null) {
            return;
        }
        String name = names.get(node);
        if (name == null && names.size() == MOST_NODES) {
            return;
        }
        if (name == null) {
            name = "n" + names.size();
            names.put(node, name);
            open.add(node);
            chart.append("  ").append(name).append(shape(node)).append('\n');
        }
        chart.append("  ").append(from).append(" --> ").append(name).append('\n');
    }

    private static String shape(Node node) {
        return node instanceof AccumulateGrad sink
                ? "([\"" + escaped(sink.leaf().role()) + "\"])"
                : "[\"" + escaped(node.name()) + "\"]";
    }

    /** Mermaid reads entities, and nothing else in a quoted label has a meaning to it. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replaceAll("\\s+", " ");
    }
}
