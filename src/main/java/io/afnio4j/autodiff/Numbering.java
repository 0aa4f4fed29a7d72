package io.afnio4j.autodiff;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Numbers nodes from 1 on, in the order in which they are met. A node's number is left in the node itself, so that
 * finding it again takes no hash table: a mark counts only where the node of that number is the one that bears it, so
 * old marks need no cleaning (a <em>sparse set</em>, Briggs and Torczon 1993). One thread at a time may leave marks;
 * whoever else numbers nodes at that moment keeps a hash table instead.
 */
final class Numbering implements AutoCloseable {

    private static final AtomicBoolean MARKING = new AtomicBoolean();
    private static final int UNKNOWN = 0;

    private final @Nullable Map<Node, Integer> table; // null where marks are used
    private @Nullable Node[] nodes = new Node[64];
    private int size = 1; // number 0 is nobody's

    private Numbering(boolean marks) {
        this.table = marks ? null : new HashMap<>();
    }

    /** Begins to number; to be closed on the same thread. */
    static Numbering begin() {
        return new Numbering(MARKING.compareAndSet(false, true));
    }

    /** The number of a node, 0 where it has none yet. */
    int of(Node node) {
        if (table != null) {
            return table.getOrDefault(node, UNKNOWN);
        }
        int mark = node.mark;
        return mark < size && node.equals(nodes[mark]) ? mark : UNKNOWN;
    }

    /** Gives a node the next number. */
    int add(Node node) {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, size * 2);
        }
        nodes[size] = node;
        if (table == null) {
            node.mark = size;
        } else {
            table.put(node, size);
        }
        return size++;
    }

    /** The nodes by number; no node has number 0. */
    @Nullable Node[] nodes() {
        return nodes;
    }

    /** How many numbers are taken, that of nobody included. */
    int size() {
        return size;
    }

    @Override
    public void close() {
        if (table == null) {
            MARKING.set(false);
        }
    }
}
