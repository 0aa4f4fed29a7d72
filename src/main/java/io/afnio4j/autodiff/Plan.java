package io.afnio4j.autodiff;

import java.util.ArrayList;
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
    private @Nullable Node released;

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

    /** The first node whose saved values an earlier pass gave up; null where all can be visited. */
    @Nullable Node released() {
        return released;
    }

    /** Goes down along the edges and back up; the way back is in the nodes themselves, so depth takes no stack. */
    private void walk(List<GradientEdge> roots) {
        PassNode here = root;
        while (here != null) {
            List<GradientEdge> edges = here.node == null ? roots : here.node.nextFunctions();
            if (here.explored < edges.size()) {
                here = follow(here, edges.get(here.explored));
            } else {
                leave(here);
                here = here.wayBack;
            }
        }
    }

    /** Follows an edge: into a node not seen before, or, once that is explored, no further than past it. */
    private PassNode follow(PassNode from, GradientEdge edge) {
        Node node = edge.node();
        PassNode target = node == null ? null : found.get(node);
        if (node != null && target == null) {
            PassNode unseen = new PassNode(node, node.nextFunctions().size());
            unseen.wayBack = from;
            found.put(node, unseen);
            return unseen;
        }
        if (target != null) {
            link(from, from.explored, target, edge.outputNr());
        }
        from.explored++;
        return from;
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
            if (released == null && node.isReleased()) {
                released = node;
            }
            explored.rank += node.modelCalls();
            explored.order = nodes.size();
            nodes.add(explored);
        }
    }
}
