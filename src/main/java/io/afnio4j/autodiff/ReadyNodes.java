package io.afnio4j.autodiff;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The nodes whose gradients have all come and that haven't been visited yet: those first on which the longest chain of calls hangs, so that these calls get the first places wherever
 * places are few; among equals in order of arrival, which where one node sends to several is that of its inputs. One queue for each rank, whose links are numbers in an array,
 * and a heap of the ranks in use, mostly one: a node costs a few instructions.
 */
final class ReadyNodes {

    /** No node: the number of the root, which is nobody's target. */
    static final int NONE = Plan.ROOT;

    private final Plan plan;
    private final int[] next; // by node
    private final int[] first; // by rank
    private final int[] last; // by rank
    private final PriorityQueue<Integer> ranks = new PriorityQueue<>(Comparator.reverseOrder());

    ReadyNodes(Plan plan) {
        this.plan = plan;
        this.next = new int[plan.size()];
        int highest = Math.max(0, plan.rank(Plan.ROOT));
        this.first = new int[highest + 1];
        this.last = new int[highest + 1];
    }

    void add(int node) {
        int rank = plan.rank(node);
        if (first[rank] == NONE) {
            first[rank] = node;
            ranks.add(rank);
        } else {
            next[last[rank]] = node;
        }
        last[rank] = node;
    }

    /** The node to visit next; {@link #NONE} where none is ready. */
    int take() {
        Integer rank = ranks.peek();
        if (rank == null) {
            return NONE;
        }
        int node = first[rank];
        first[rank] = next[node];
        if (first[rank] == NONE) {
            ranks.remove();
        }
        return node;
    }
}
