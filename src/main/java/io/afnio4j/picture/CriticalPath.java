package io.afnio4j.picture;

import io.afnio4j.autodiff.GradientEdge;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Variable;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chain of nodes that a pass waited for last: from the node whose answer came last back to the one that let it start, and so on to the root. Had one
 * of them been faster, the pass had been.
 */
final class CriticalPath {

    private final PassRecord record;
    private final Map<Node, Long> reached = new HashMap<>(); // when the last gradient had come, by node
    private final Map<Node, Node> letStart = new HashMap<>(); // who brought that gradient

    private CriticalPath(PassRecord record) {
        this.record = record;
    }

    /** The nodes on the path that had to wait for answers. */
    static Set<Node> of(Variable root, PassRecord record) {
        List<Node> nodes = Walk.leavesFirst(root);
        Collections.reverse(nodes);
        CriticalPath path = new CriticalPath(record);
        nodes.forEach(path::pass);
        return path.back(path.last(nodes));
    }

    private void pass(Node node) {
        long done = done(node);
        for (GradientEdge edge : node.nextFunctions()) {
            Node target = edge.node();
            if (target != null && done >= reached.getOrDefault(target, -1L)) {
                reached.put(target, done);
                letStart.put(target, node);
            }
        }
    }

    private long done(Node node) {
        PassRecord.Visit visit = record.of(node);
        return visit == null ? reached.getOrDefault(node, 0L) : visit.to();
    }

    private @Nullable Node last(List<Node> nodes) {
        Node last = null;
        for (Node node : nodes) {
            last = last == null || done(node) > done(last) ? node : last;
        }
        return last;
    }

    private Set<Node> back(@Nullable Node last) {
        Set<Node> path = new HashSet<>();
        for (Node node = last; node != null; node = letStart.get(node)) {
            PassRecord.Visit visit = record.of(node);
            if (visit != null && visit.state() != PassRecord.State.SKIPPED) {
                path.add(node);
            }
        }
        return path;
    }
}
