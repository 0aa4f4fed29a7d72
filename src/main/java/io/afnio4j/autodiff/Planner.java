package io.afnio4j.autodiff;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks from the roots to the leaves, depth first and left to right, and finds for each node how many edges lead to it,
 * in which order, and how many model calls the longest path below it makes; nodes that lead to no wanted leaf are left
 * out. The way back is kept in an array, so depth takes no stack.
 */
final class Planner {

    private final List<GradientEdge> roots;
    private final @Nullable Set<Node> wanted; // null for all leaves

    // Read by Plan when the walk is over.
    final Numbering numbers;

    // By node.
    int[] firstEdge = new int[64];
    int[] ranks = new int[64];
    int[] slots = new int[64]; // how many edges lead here
    int[] order = new int[64];
    int ordered;
    int[] leaves = new int[64]; // those that are wanted, in graph order
    int leavesFound;

    // By edge.
    int[] edgeTarget = new int[64];
    int[] edgeSlot = new int[64]; // counted from the target's first
    int @Nullable [] edgeOutput; // null where each node has one output
    private int edges;

    // The path from the root to where the walk is, by depth.
    private int[] path = new int[64];
    private int[] nextEdge = new int[64]; // the edge to follow next
    private int depth = -1;

    @Nullable Node released;

    boolean prunes;

    private Planner(List<GradientEdge> roots, @Nullable Set<Node> wanted, Numbering numbers) {
        this.roots = roots;
        this.wanted = wanted;
        this.numbers = numbers;
    }

    /**
     * Plans a pass.
     *
     * @param roots where it starts
     * @param inputs the leaves to serve, null for all
     */
    static Plan plan(List<GradientEdge> roots, @Nullable List<Variable> inputs) {
        Set<Node> wanted = inputs == null ? null : sinks(inputs);
        try (Numbering numbers = Numbering.begin()) {
            Planner planner = new Planner(roots, wanted, numbers);
            planner.walk();
            return new Plan(planner);
        }
    }

    private static Set<Node> sinks(List<Variable> leaves) {
        Set<Node> sinks = new HashSet<>();
        for (Variable leaf : leaves) {
            Node sink = leaf.gradientEdge().node();
            if (sink != null) {
                sinks.add(sink);
            }
        }
        return sinks;
    }

    private void walk() {
        open(Plan.ROOT, roots.size());
        while (depth >= 0) {
            int here = path[depth];
            if (nextEdge[depth] < firstEdge[here + 1]) {
                follow(here, nextEdge[depth]);
            } else {
                leave(here);
                depth--;
            }
        }
    }

    private void open(int node, int outgoing) {
        int expected = node + outgoing + 2; // each edge may lead to a new node, and there is a number behind the last
        if (expected > firstEdge.length) {
            growNodes(Math.max(expected, 2 * firstEdge.length));
        }
        if (edges + outgoing > edgeTarget.length) {
            growEdges(Math.max(edges + outgoing, 2 * edgeTarget.length));
        }
        ranks[node] = Plan.NOT_NEEDED;
        enter(node);
        edges += outgoing;
        firstEdge[node + 1] = edges;
    }

    private void enter(int node) {
        depth++;
        if (depth == path.length) {
            path = Arrays.copyOf(path, 2 * depth);
            nextEdge = Arrays.copyOf(nextEdge, 2 * depth);
        }
        path[depth] = node;
        nextEdge[depth] = edges;
    }

    /** Follows an edge: into a node not seen before, or, once that is explored, no further than past it. */
    private void follow(int from, int number) {
        GradientEdge edge = edge(from, number - firstEdge[from]);
        Node node = edge.node();
        int target = node == null ? Plan.ROOT : numbers.of(node);
        if (node != null && target == Plan.ROOT) {
            open(numbers.add(node), node.edges());
            return;
        }
        edgeTarget[number] = Plan.NOWHERE;
        if (node != null && ranks[target] == Plan.NOT_NEEDED) {
            prunes = true;
        } else if (node != null) {
            link(from, number, target);
            noteOutput(number, node, edge.outputNr());
        }
        nextEdge[depth]++;
    }

    private GradientEdge edge(int from, int index) {
        Node node = numbers.nodes()[from];
        return node == null ? roots.get(index) : node.edge(index);
    }

    private void link(int from, int edge, int target) {
        edgeTarget[edge] = target;
        edgeSlot[edge] = slots[target]++;
        ranks[from] = Math.max(ranks[from], ranks[target]);
    }

    private void noteOutput(int edge, Node target, int outputNr) {
        if (target.outputs() > 1) {
            int[] outputs = edgeOutput == null ? new int[edgeTarget.length] : edgeOutput;
            outputs[edge] = outputNr;
            edgeOutput = outputs;
        }
    }

    /** All below a node is known now: whether it is needed, and how far the leaves are. */
    private void leave(int explored) {
        Node node = numbers.nodes()[explored];
        if (node == null) {
            return;
        }
        if (node instanceof AccumulateGrad sink
                && (wanted == null ? sink.variable().requiresGrad() : wanted.contains(node))) {
            ranks[explored] = 0;
            noteLeaf(explored);
        }
        if (ranks[explored] != Plan.NOT_NEEDED) {
            if (released == null && node.isReleased()) {
                released = node;
            }
            ranks[explored] += node.modelCalls();
            order[ordered++] = explored;
        }
    }

    private void noteLeaf(int leaf) {
        if (leavesFound == leaves.length) {
            leaves = Arrays.copyOf(leaves, 2 * leavesFound);
        }
        leaves[leavesFound++] = leaf;
    }

    private void growNodes(int capacity) {
        firstEdge = Arrays.copyOf(firstEdge, capacity);
        ranks = Arrays.copyOf(ranks, capacity);
        slots = Arrays.copyOf(slots, capacity);
        order = Arrays.copyOf(order, capacity);
    }

    private void growEdges(int capacity) {
        edgeTarget = Arrays.copyOf(edgeTarget, capacity);
        edgeSlot = Arrays.copyOf(edgeSlot, capacity);
        edgeOutput = edgeOutput == null ? null : Arrays.copyOf(edgeOutput, capacity);
    }
}
