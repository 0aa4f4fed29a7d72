package io.afnio4j.picture;

import io.afnio4j.autodiff.GradientEdge;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds the boxes of a picture. In a large graph, nodes that look the same fall together from the leaves up.
 */
final class Folding {

    /** Up to this many nodes each one has a box of its own. */
    private static final int UNFOLDED = 60;

    private final Map<Node, Integer> boxes = new HashMap<>(); // by node
    private final Map<Look, Integer> looks = new HashMap<>();
    private final List<Vertex> vertices = new ArrayList<>();
    private final boolean fold;

    private Folding(boolean fold) {
        this.fold = fold;
    }

    /** The boxes of a variable's graph: that of the variable first, then the others in the order in which the arrows lead to them. */
    static List<Vertex> of(Variable root) {
        List<Node> nodes = Walk.leavesFirst(root);
        Folding folding = new Folding(nodes.size() > UNFOLDED);
        nodes.forEach(folding::add);
        Node first = root.requiresGrad() ? GradientEdge.of(root).node() : null;
        List<Integer> targets = first == null ? List.of() : List.of(Objects.requireNonNull(folding.boxes.get(first)));
        return inOrder(
                folding.vertices, new Vertex(Vertex.Kind.ROOT, Escape.shortened(root.role()), List.of(), targets));
    }

    private void add(Node node) {
        Set<Integer> targets = new LinkedHashSet<>();
        for (GradientEdge edge : node.nextFunctions()) {
            if (edge.node() != null) {
                targets.add(Objects.requireNonNull(boxes.get(edge.node())));
            }
        }
        Vertex.Kind kind = node.variable() != null ? Vertex.Kind.LEAF : Vertex.Kind.FUNCTION;
        String title = kind == Vertex.Kind.LEAF ? Escape.shortened(node.role()) : node.name();
        Look look = new Look(withoutNumbers(title), withoutNumbers(node.role()), targets);
        Integer same = fold ? looks.get(look) : null;
        if (same != null) {
            vertices.get(same).nodes().add(node);
            boxes.put(node, same);
            return;
        }
        boxes.put(node, vertices.size());
        looks.put(look, vertices.size());
        List<Node> nodes = new ArrayList<>();
        nodes.add(node);
        vertices.add(new Vertex(kind, title, nodes, List.copyOf(targets)));
    }

    /** What is left of a text that counts, such as {@code answer 7}: others of its kind have the same. */
    static String withoutNumbers(String text) {
        return text.replaceAll("\\d+", "#");
    }

    /** Numbers the boxes anew, breadth first from the root, so that a picture reads from its beginning. */
    private static List<Vertex> inOrder(List<Vertex> found, Vertex root) {
        Map<Integer, Integer> numbers = new LinkedHashMap<>();
        Deque<Integer> open = new ArrayDeque<>(root.targets());
        root.targets().forEach(target -> numbers.put(target, numbers.size() + 1));
        while (!open.isEmpty()) {
            for (int target : found.get(open.remove()).targets()) {
                if (numbers.putIfAbsent(target, numbers.size() + 1) == null) {
                    open.add(target);
                }
            }
        }
        List<Vertex> ordered = new ArrayList<>(found.size() + 1);
        ordered.add(renumbered(root, numbers));
        numbers.keySet().forEach(old -> ordered.add(renumbered(found.get(old), numbers)));
        return List.copyOf(ordered);
    }

    private static Vertex renumbered(Vertex vertex, Map<Integer, Integer> numbers) {
        List<Integer> targets = vertex.targets().stream()
                .map(target -> Objects.requireNonNull(numbers.get(target)))
                .toList();
        return new Vertex(vertex.kind(), vertex.title(), List.copyOf(vertex.nodes()), targets);
    }

    /** What has to be equal for two nodes to share a box. */
    private record Look(String title, String variable, Set<Integer> targets) {}
}
