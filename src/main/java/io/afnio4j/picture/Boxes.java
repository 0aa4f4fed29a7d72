package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Makes the boxes of a picture, numbered breadth first from the root, so that it reads from its beginning. */
final class Boxes {

    private final Map<Integer, Set<Integer>> targets;
    private final Map<Integer, List<Node>> nodes = new HashMap<>();
    private final Map<Integer, Integer> numbers = new LinkedHashMap<>(); // in the picture, by box
    private final List<Integer> first;

    Boxes(Partition partition) {
        targets = partition.targets();
        int[] boxes = partition.boxes();
        for (int place = 0; place < boxes.length; place++) {
            nodes.computeIfAbsent(boxes[place], box -> new ArrayList<>())
                    .add(partition.wiring().nodes().get(place));
        }
        first = boxes.length == 0 ? List.of() : List.of(boxes[boxes.length - 1]);
    }

    List<Vertex> behind(Variable root) {
        Deque<Integer> open = new ArrayDeque<>(first);
        first.forEach(box -> numbers.put(box, 1));
        while (!open.isEmpty()) {
            for (int target : targets(open.remove())) {
                if (numbers.putIfAbsent(target, numbers.size() + 1) == null) {
                    open.add(target);
                }
            }
        }
        List<Vertex> vertices = new ArrayList<>(numbers.size() + 1);
        vertices.add(new Vertex(Vertex.Kind.ROOT, Escape.shortened(root.role()), "", List.of(), numbered(first)));
        numbers.keySet().forEach(box -> vertices.add(vertex(box)));
        return List.copyOf(vertices);
    }

    private Vertex vertex(int box) {
        List<Node> alike = List.copyOf(Objects.requireNonNull(nodes.get(box)));
        boolean leaf = alike.get(0).variable() != null;
        String title = leaf ? title(alike, Node::role) : title(alike, Node::name);
        List<Integer> to = numbered(List.copyOf(targets(box)));
        return leaf
                ? new Vertex(Vertex.Kind.LEAF, title, "", alike, to)
                : new Vertex(Vertex.Kind.FUNCTION, title, made(alike), alike, to);
    }

    /** Where several made things whose roles differ by a number only, the role without it. */
    private static String made(List<Node> alike) {
        String role = alike.get(0).role();
        if (alike.size() == 1) {
            return Escape.shortened(role);
        }
        String look = Looks.withoutNumbers(role);
        return alike.stream().allMatch(node -> look.equals(Looks.withoutNumbers(node.role())))
                ? Escape.shortened(alike.stream().allMatch(node -> role.equals(node.role())) ? role : look)
                : "";
    }

    private static String title(List<Node> alike, Function<Node, String> words) {
        String title = words.apply(alike.get(0));
        String look = Looks.withoutNumbers(title);
        boolean same = alike.stream().allMatch(node -> look.equals(Looks.withoutNumbers(words.apply(node))));
        return Escape.shortened(title) + (same ? "" : " and others");
    }

    private Set<Integer> targets(int box) {
        return Objects.requireNonNull(targets.get(box));
    }

    private List<Integer> numbered(List<Integer> boxes) {
        return boxes.stream()
                .map(box -> Objects.requireNonNull(numbers.get(box)))
                .toList();
    }
}
