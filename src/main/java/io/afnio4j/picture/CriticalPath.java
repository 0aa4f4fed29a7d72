package io.afnio4j.picture;

import io.afnio4j.autodiff.GradientEdge;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Variable;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who let whom start in a pass; and the chain of nodes that the pass waited for last: from the node whose answer came
 * last back to the one that let it start, and so on to the root. Had one of them been faster, the pass had been.
 */
final class CriticalPath {

    private final Map<Node, Visit> visits = new HashMap<>();
    private final Map<Node, Long> began = new HashMap<>(); // when the first gradient had come, by node
    private final Map<Node, Long> reached = new HashMap<>(); // when the last one had
    private final Map<Node, Node> letStart = new HashMap<>(); // who brought that gradient
    private final Set<Node> path = new LinkedHashSet<>();

    private CriticalPath(List<Visit> known) {
        known.forEach(visit -> visits.put(visit.node(), visit));
    }

    static CriticalPath of(Variable root, List<Visit> visits) {
        List<Node> nodes = Walk.leavesFirst(root);
        Collections.reverse(nodes);
        CriticalPath path = new CriticalPath(visits);
        nodes.forEach(path::pass);
        path.follow(path.last(nodes));
        return path;
    }

    /** Whether a node is one of those on the path that had to wait for answers. */
    boolean holds(Node node) {
        return path.contains(node);
    }

    /**
     * The node that had to wait for answers and whose end let another one start; null where that had nobody to wait
     * for.
     */
    @Nullable Node before(Node node) {
        Node before = letStart.get(node);
        while (before != null && !asked(before)) {
            before = letStart.get(before);
        }
        return before;
    }

    private boolean asked(Node node) {
        Visit visit = visits.get(node);
        return visit != null && visit.state() != Visit.State.SKIPPED;
    }

    /** When the first of the gradients that a node needs had come. */
    long began(Node node) {
        return began.getOrDefault(node, 0L);
    }

    /** How long it took from then until the last one had. */
    long waitedForRest(Node node) {
        return reached.getOrDefault(node, 0L) - began(node);
    }

    private void pass(Node node) {
        long done = done(node);
        for (GradientEdge edge : node.nextFunctions()) {
            Node target = edge.node();
            if (target != null) {
                began.merge(target, done, Math::min);
                if (done >= reached.getOrDefault(target, -1L)) {
                    reached.put(target, done);
                    letStart.put(target, node);
                }
            }
        }
    }

    private long done(Node node) {
        Visit visit = visits.get(node);
        return visit == null ? reached.getOrDefault(node, 0L) : visit.to();
    }

    private @Nullable Node last(List<Node> nodes) {
        Node last = null;
        for (Node node : nodes) {
            last = last == null || done(node) > done(last) ? node : last;
        }
        return last;
    }

    private void follow(@Nullable Node last) {
        for (Node node = last; node != null; node = letStart.get(node)) {
            if (asked(node)) {
                path.add(node);
            }
        }
    }
}
