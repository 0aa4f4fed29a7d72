package io.afnio4j.autodiff;

import java.util.BitSet;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a graph that one pass has to visit, as a {@link Planner} found it. Nodes, edges and slots are numbers,
 * and what is known of them stands in arrays: a pass over a million nodes makes a few large objects instead of millions
 * of small ones.
 *
 * <p>Node 0 stands before the roots; its edges lead to them. The edges of a node are numbered one after the other, in
 * the order of its inputs. Each edge that is needed fills one <em>slot</em> of its target; the slots of a node are
 * numbered one after the other, in graph order.
 */
final class Plan {

    static final int ROOT = 0;
    static final int NOT_NEEDED = -1;
    static final int NOWHERE = -1;

    private final @Nullable Node[] nodes;
    private final int size;
    private final int[] ranks;
    private final int[] firstEdge;
    private final int[] edgeTarget;
    private final int[] edgeSlot;
    private final int[] firstSlot;
    private final int @Nullable [] slotOutput; // null where each node has one output
    private final int[] order;
    private final int needed;
    private final int[] leaves;
    private final int leafCount;
    private final @Nullable Node released;
    private final boolean prunes;

    Plan(Planner found) {
        this.nodes = found.numbers.nodes();
        this.size = found.numbers.size();
        this.ranks = found.ranks;
        this.firstEdge = found.firstEdge;
        this.edgeTarget = found.edgeTarget;
        this.edgeSlot = found.edgeSlot;
        this.firstSlot = new int[size + 1];
        for (int node = 0; node < size; node++) {
            firstSlot[node + 1] = firstSlot[node] + found.slots[node];
        }
        this.slotOutput = found.edgeOutput == null ? null : new int[firstSlot[size]];
        this.order = found.order;
        this.needed = found.ordered;
        this.leaves = found.leaves;
        this.leafCount = found.leavesFound;
        this.released = found.released;
        this.prunes = found.prunes;
        numberSlots(found.edgeOutput);
    }

    /** Slots were counted from the first of their node. */
    private void numberSlots(int @Nullable [] edgeOutput) {
        for (int edge = 0; edge < firstEdge[size]; edge++) {
            if (edgeTarget[edge] != NOWHERE) {
                edgeSlot[edge] += firstSlot[edgeTarget[edge]];
                if (slotOutput != null && edgeOutput != null) {
                    slotOutput[edgeSlot[edge]] = edgeOutput[edge];
                }
            }
        }
    }

    Node node(int number) {
        return Objects.requireNonNull(nodes[number]);
    }

    /** How many numbers of nodes there are, that of the root included. */
    int size() {
        return size;
    }

    /**
     * How many model calls the longest path from a node to a leaf makes; {@link #NOT_NEEDED} where no path leads to a
     * wanted leaf.
     */
    int rank(int node) {
        return ranks[node];
    }

    int firstEdge(int node) {
        return firstEdge[node];
    }

    /** The first edge that is no longer one of the node's. */
    int endOfEdges(int node) {
        return firstEdge[node + 1];
    }

    /** The node that an edge leads to; {@link #NOWHERE} where no gradient is needed. */
    int target(int edge) {
        return edgeTarget[edge];
    }

    int slot(int edge) {
        return edgeSlot[edge];
    }

    int firstSlot(int node) {
        return firstSlot[node];
    }

    /** The first slot that is no longer one of the node's. */
    int endOfSlots(int node) {
        return firstSlot[node + 1];
    }

    /** Which output of its node's function a slot belongs to. */
    int output(int slot) {
        return slotOutput == null ? 0 : slotOutput[slot];
    }

    /**
     * The inputs of a node that could have gradients, though nobody asks for them in this pass; null where there are
     * none.
     */
    @Nullable BitSet leftOut(int number) {
        if (!prunes) {
            return null;
        }
        Node node = node(number);
        BitSet leftOut = new BitSet();
        for (int edge = firstEdge(number); edge < endOfEdges(number); edge++) {
            int input = edge - firstEdge(number);
            if (target(edge) == NOWHERE && node.edge(input).node() != null) {
                leftOut.set(input);
            }
        }
        return leftOut.isEmpty() ? null : leftOut;
    }

    /** How many nodes the pass has to visit. */
    int needed() {
        return needed;
    }

    /**
     * The nodes to visit in <em>graph order</em>, from the leaves to the roots; it depends on the expression alone,
     * never on what was computed first.
     */
    int inOrder(int place) {
        return order[place];
    }

    /** Tells in graph order what the nodes to visit keep of passes that failed. */
    void tellShared(BiConsumer<Object, Object> hearing) {
        for (int place = 0; place < needed; place++) {
            node(order[place]).tellShared(hearing);
        }
    }

    /** How many leaves the pass serves. */
    int leaves() {
        return leafCount;
    }

    /** The leaves in graph order. */
    int leafInOrder(int place) {
        return leaves[place];
    }

    /** The place of each node in graph order, by node. */
    int[] places() {
        int[] places = new int[size];
        for (int place = 0; place < needed; place++) {
            places[order[place]] = place;
        }
        return places;
    }

    /** The first node whose saved values an earlier pass gave up; null where all can be visited. */
    @Nullable Node released() {
        return released;
    }
}
