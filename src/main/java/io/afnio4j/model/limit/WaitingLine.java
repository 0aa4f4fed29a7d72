package io.afnio4j.model.limit;

import io.afnio4j.context.GraphOrder;
import io.afnio4j.context.Priority;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Those who wait, the most urgent first. Among equals, turns are given by arrival; but calls of one pass share their
 * turns, and whichever of these comes first is taken by the call that is first in {@link GraphOrder}. So passes and
 * single callers take turns as they came, no one's calls waiting for another's that came later, and a pass sends its
 * calls in its own order, whichever was ready first.
 *
 * <p>Adding and taking are steps of O(log n). Not thread-safe: its owner asks under a lock.
 */
final class WaitingLine<W extends WaitingLine.Waiter> {

    private final TreeSet<W> inTurn = new TreeSet<>(WaitingLine::byTurn);
    private final Map<Flow, TreeSet<W>> flows = new HashMap<>();

    /** The calls of one pass that are equally urgent. */
    private record Flow(Object pass, int priority) {}

    /** One who waits. */
    static class Waiter {

        final int priority;
        final @Nullable Flow flow; // null for a call that is no pass's
        final int node;
        final long arrival;
        final long number;

        // The turn that it holds: its own, or one that another call of its pass has left to it.
        long turn;
        long turnNumber;

        /**
         * Somebody who comes.
         *
         * @param context how urgent the call is, where it stands in its pass, and when it came first
         * @param number higher than those of all who came before
         */
        Waiter(ContextView context, long number) {
            @Nullable Arrival first = Arrival.of(context);
            @Nullable GraphOrder order = GraphOrder.of(context);
            this.priority = Priority.of(context);
            this.flow = order == null ? null : new Flow(order.pass(), priority);
            this.node = order == null ? 0 : order.place();
            this.arrival = first == null ? number : first.number(number);
            this.number = number;
            this.turn = arrival;
            this.turnNumber = number;
        }
    }

    private static int byTurn(Waiter one, Waiter other) {
        if (one.priority != other.priority) {
            return Integer.compare(other.priority, one.priority);
        }
        return one.turn == other.turn
                ? Long.compare(one.turnNumber, other.turnNumber)
                : Long.compare(one.turn, other.turn);
    }

    private static final Comparator<Waiter> IN_GRAPH_ORDER = Comparator.<Waiter>comparingInt(waiter -> waiter.node)
            .thenComparingLong(waiter -> waiter.arrival)
            .thenComparingLong(waiter -> waiter.number);

    void add(W waiter) {
        inTurn.add(waiter);
        if (waiter.flow != null) {
            flows.computeIfAbsent(waiter.flow, first -> new TreeSet<>(IN_GRAPH_ORDER))
                    .add(waiter);
        }
    }

    boolean isEmpty() {
        return inTurn.isEmpty();
    }

    int size() {
        return inTurn.size();
    }

    /** Who goes next. */
    W first() {
        W first = inTurn.first();
        TreeSet<W> flow = first.flow == null ? null : flows.get(first.flow);
        return flow == null ? first : flow.first();
    }

    /**
     * Takes out who is {@link #first()}. Where that one took another's turn, the other now holds the turn of the one
     * who went.
     */
    void removeFirst() {
        W goes = first();
        W first = inTurn.first();
        remove(goes);
        if (first != goes) {
            inTurn.remove(first);
            first.turn = goes.turn;
            first.turnNumber = goes.turnNumber;
            inTurn.add(first);
        }
    }

    /** Takes out somebody who doesn't want to wait any more. */
    void remove(W waiter) {
        inTurn.remove(waiter);
        TreeSet<W> flow = waiter.flow == null ? null : flows.get(waiter.flow);
        if (flow != null && flow.remove(waiter) && flow.isEmpty()) {
            flows.remove(waiter.flow);
        }
    }
}
