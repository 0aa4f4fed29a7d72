package io.afnio4j.autodiff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a graph that one pass has to visit. A walk from the roots, depth first and left to right, finds for each node how many edges lead to
 * it, in which order, and how many model calls the longest path below it makes; nodes that lead to no wanted leaf are left out. That order is
 * what this package calls <em>graph order</em>: it depends on the expression alone, never on what was computed first.
 */
final class Plan {

    private final @Nullable Set<Node> wanted; // null for all leaves
    private final Map<Node, PassNode> found = new HashMap<>();
    private final List<PassNode> nodes = new ArrayList<>();
    private final PassNode root;

    private Plan(@Nullable Set<Node> wanted, int roots) {
        this.wanted = wanted;
        this.root = new PassNode(null, roots);
    }

    /**
     * Plans a pass.
     *
     * @param roots where it starts
     * @param inputs the leaves to serve, null for all
     */
    static Plan of(List<GradientEdge> roots, @Nullable List<Variable> inputs) {
        Set<Node> wanted = null;
        if (inputs != null) {
            wanted = new HashSet<>();
            for (Variable leaf : inputs) {
                Node sink = leaf.gradientEdge().node();
                if (sink != null) {
                    wanted.add(sink);
                }
            }
        }
        Plan plan = new Plan(wanted, roots.size());
        plan.walk(roots);
        return plan;
    }

    /** Stands before the roots: its edges lead to them. */
    PassNode root() {
        return root;
    }

    /** The nodes to visit, in graph order. */
    List<PassNode> nodes() {
        return nodes;
    }

    private void walk(List<GradientEdge> roots) {
        Deque<Visit> path = new ArrayDeque<>();
        path.push(new Visit(root, roots));
        while (!path.isEmpty()) {
            Visit visit = path.element();
            if (visit.next < visit.edges.size()) {
                follow(visit, path);
            } else {
                path.pop();
                leave(visit.node);
            }
        }
    }

    /** Follows the next edge: into a node not seen before, or, once that is explored, along to the edge after it. */
    private void follow(Visit visit, Deque<Visit> path) {
        GradientEdge edge = visit.edges.get(visit.next);
        Node node = edge.node();
        if (node == null) {
            visit.next++;
            return;
        }
        PassNode target = found.get(node);
        if (target == null) {
            List<GradientEdge> edges = node.nextFunctions();
            target = new PassNode(node, edges.size());
            found.put(node, target);
            path.push(new Visit(target, edges));
            return;
        }
        link(visit.node, visit.next++, target, edge.outputNr());
    }

    private static void link(PassNode from, int edge, PassNode target, int outputNr) {
        if (target.needed) {
            from.targets[edge] = target;
            from.targetSlots[edge] = target.addSlot(outputNr);
            from.needed = true;
            from.rank = Math.max(from.rank, target.rank);
        }
    }

    /** All below a node is known now: whether it is needed, and how far the leaves are. */
    private void leave(PassNode explored) {
        Node node = explored.node;
        if (node == null) {
            return;
        }
        if (node instanceof AccumulateGrad sink) {
            explored.needed = wanted == null ? sink.leaf().requiresGrad() : wanted.contains(node);
        }
        if (explored.needed) {
            explored.rank += node.modelCalls();
            explored.order = nodes.size();
            nodes.add(explored);
        }
    }

    /** A node on the path from the root to where the walk is. */
    private static final class Visit {

        private final PassNode node;
        private final List<GradientEdge> edges;
        private int next;

        private Visit(PassNode node, List<GradientEdge> edges) {
            this.node = node;
            this.edges = edges;
        }
    }
}
