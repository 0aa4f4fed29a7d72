package io.afnio4j.autodiff;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The nodes whose gradients have all come and that haven't been visited yet: those first on which the longest chain of
 * calls hangs, so that these calls get the first places wherever places are few; among equals in order of arrival,
 * which where one node sends to several is that of its inputs. Mostly all that are ready have the same rank and stand
 * in one queue; others stand aside, in a queue for each rank, until they are the first.
 */
final class ReadyNodes {

    /** No node: the number of the root, which is nobody's target. */
    static final int NONE = Plan.ROOT;

    private final Plan plan;

    private final int[] queue; // each node gets ready once
    private int from;
    private int to;
    private int rank; // of all in the queue

    // Those of other ranks; the arrays are made with the first of them.
    private final PriorityQueue<Integer> ranksAside = new PriorityQueue<>(Comparator.reverseOrder());
    private int[] next = {}; // by node
    private int[] first = {}; // by rank
    private int[] last = {}; // by rank

    ReadyNodes(Plan plan) {
        this.plan = plan;
        this.queue = new int[plan.needed()];
    }

    void add(int node) {
        int own = plan.rank(node);
        if (from == to) {
            rank = own;
        }
        if (own == rank) {
            queue[to++] = node;
        } else {
            putAside(node, own);
        }
    }

    /**
     * The node to visit next; {@link #NONE} where none is ready. Of two of one rank, the one aside has waited longer.
     */
    int take() {
        Integer aside = ranksAside.peek();
        if (aside != null && (from == to || aside >= rank)) {
            return takeFrom(aside);
        }
        return from == to ? NONE : queue[from++];
    }

    private void putAside(int node, int own) {
        if (next.length == 0) {
            next = new int[plan.size()];
            first = new int[plan.rank(Plan.ROOT) + 1];
            last = new int[plan.rank(Plan.ROOT) + 1];
        }
        if (first[own] == NONE) {
            first[own] = node;
            ranksAside.add(own);
        } else {
            next[last[own]] = node;
        }
        last[own] = node;
    }

    private int takeFrom(int aside) {
        int node = first[aside];
        first[aside] = next[node];
        if (first[aside] == NONE) {
            ranksAside.remove();
        }
        return node;
    }
}
