package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What became of the boxes of a picture, as one record has it at one moment. */
final class Outcomes {

    static final String PLAIN = "#ffffff";
    static final String GRADIENTS = "#d6e6f8";
    private static final int NAMED = 3;

    private final boolean hasRun;
    private final Map<Node, Visit> visits = new HashMap<>();
    private final Set<Node> notReached = new HashSet<>();

    Outcomes(Wiring wiring, @Nullable PassRecord record) {
        this.hasRun = record != null;
        if (record != null) {
            PassRecord.Snapshot pass = record.snapshot();
            pass.visits().forEach(visit -> visits.put(visit.node(), visit));
            if (pass.ending().gaveUp()) {
                notReached.addAll(wiring.nodes());
                notReached.removeAll(visits.keySet());
                notReached.removeAll(pass.computed());
            }
        }
    }

    Outcome of(Vertex vertex) {
        return switch (vertex.kind()) {
            case ROOT -> new Outcome("", null, PLAIN, Words.whole(vertex.title()));
            case LEAF -> ofLeaves(vertex.nodes());
            case FUNCTION -> ofFunctions(vertex);
        };
    }

    private Outcome ofLeaves(List<Node> leaves) {
        String roles = roles(leaves);
        if (!hasRun) {
            return new Outcome("", null, PLAIN, roles);
        }
        int gradients = leaves.stream()
                .map(Node::variable)
                .mapToInt(leaf -> leaf == null ? 0 : leaf.grad().size())
                .sum();
        if (gradients == 0) {
            return new Outcome("no gradient", null, PLAIN, roles + "\nno gradient");
        }
        String count = gradients + (gradients == 1 ? " gradient" : " gradients");
        String first = firstOf(leaves);
        return new Outcome(
                count + (first.isEmpty() ? "" : ": " + Escape.shortened(first)),
                null,
                GRADIENTS,
                roles + "\n" + count + (first.isEmpty() ? "" : ": " + Words.whole(first)));
    }

    /** The first gradient of a leaf; a box that stands for several leaves says of none. */
    private static String firstOf(List<Node> leaves) {
        Variable leaf = leaves.get(0).variable();
        return leaves.size() > 1 || leaf == null || leaf.grad().isEmpty()
                ? ""
                : Words.text(leaf.grad().get(0));
    }

    private Outcome ofFunctions(Vertex vertex) {
        List<Node> nodes = vertex.nodes();
        Node first = nodes.get(0);
        String about = nodes.size() == 1
                ? Words.name(first)
                : first.name() + " × " + nodes.size() + ", such as " + roles(nodes);
        Map<Fate, Integer> fates = fates(nodes);
        if (fates.isEmpty()) {
            return new Outcome("", null, PLAIN, about);
        }
        String words = nodes.size() == 1 ? ofOne(first) : counted(nodes, fates);
        String cost = Words.cost(nodes.stream()
                .map(visits::get)
                .flatMap(Stream::ofNullable)
                .map(known -> known.feedback().spent())
                .reduce(Spent.NOTHING, Spent::plus));
        String all = words + (cost.isEmpty() ? "" : "\n" + cost);
        Visit visit = visits.get(first);
        String more = nodes.size() > 1 || visit == null ? all : String.join("\n", Words.about(visit));
        Fate fate = fates.keySet().iterator().next();
        return new Outcome(all, fate, fate.light(), about + "\n" + more);
    }

    private String ofOne(Node node) {
        Visit visit = visits.get(node);
        return visit == null ? Fate.NOT_REACHED.words() : Words.of(visit);
    }

    private String counted(List<Node> nodes, Map<Fate, Integer> fates) {
        long longest = 0;
        for (Node node : nodes) {
            Visit visit = visits.get(node);
            longest = visit == null ? longest : Math.max(longest, visit.took());
        }
        return fates.entrySet().stream()
                        .map(fate -> fate.getValue() + " " + fate.getKey().words())
                        .collect(Collectors.joining(", "))
                + (longest == 0 ? "" : "\nthe longest took " + Words.time(longest));
    }

    private Map<Fate, Integer> fates(List<Node> nodes) {
        Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
        for (Node node : nodes) {
            Visit visit = visits.get(node);
            if (visit != null) {
                fates.merge(Fate.of(visit), 1, Integer::sum);
            } else if (notReached.contains(node)) {
                fates.merge(Fate.NOT_REACHED, 1, Integer::sum);
            }
        }
        return fates;
    }

    private static String roles(List<Node> nodes) {
        List<String> roles = new ArrayList<>();
        nodes.stream().limit(NAMED).forEach(node -> roles.add(Words.whole(node.role())));
        int others = nodes.size() - NAMED;
        return String.join(", ", roles) + (others > 0 ? " and " + others + (others == 1 ? " other" : " others") : "");
    }
}
