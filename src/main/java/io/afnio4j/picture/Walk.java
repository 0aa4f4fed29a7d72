package io.afnio4j.picture;

import io.afnio4j.autodiff.GradientEdge;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The nodes behind a variable, each once, found depth first and left to right; the way back is kept in a list, so depth
 * takes no stack.
 */
final class Walk {

    private final Set<Node> seen = new HashSet<>();
    private final Deque<Step> path = new ArrayDeque<>();

    private Walk() {}

    /** The nodes in an order in which each stands behind all that its gradients go to. */
    static List<Node> leavesFirst(Variable root) {
        Walk walk = new Walk();
        List<Node> done = new ArrayList<>();
        if (root.requiresGrad()) {
            walk.enter(GradientEdge.of(root));
        }
        while (!walk.path.isEmpty()) {
            Step here = walk.path.element();
            if (here.next < here.edges.size()) {
                walk.enter(here.edges.get(here.next++));
            } else {
                done.add(walk.path.remove().node);
            }
        }
        return done;
    }

    private void enter(GradientEdge edge) {
        Node node = edge.node();
        if (node != null && seen.add(node)) {
            path.push(new Step(node));
        }
    }

    /** Where the walk stands in a node. */
    private static final class Step {

        private final Node node;
        private final List<GradientEdge> edges;
        private int next;

        private Step(Node node) {
            this.node = node;
            this.edges = node.nextFunctions();
        }
    }
}
