package io.afnio4j.autodiff;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.Phase;
import io.afnio4j.context.Priority;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * The contexts in which the nodes of one pass ask: they hold what the calls are made for and how urgent those of a node are, the pass's gate where it has one, and the word that calls off
 * what still waits when the pass has failed.
 */
final class CallContexts {

    private final Plan plan;
    private final @Nullable PassWatch watch; // null where nobody watches
    private final CallOff callOff = new CallOff();
    private final @Nullable CallGate gate;
    private final int[] places;
    private final Context base;

    private Context ranked; // the last one and its rank: mostly that of the next node, too
    private int rank = Priority.NORMAL;

    CallContexts(Plan plan, BackwardOptions options, Context subscription, @Nullable PassWatch watch) {
        this.plan = plan;
        this.watch = watch;
        this.gate = options.maxConcurrency() == Integer.MAX_VALUE ? null : new CallGate(options.maxConcurrency());
        this.places = gate == null ? new int[0] : plan.places();
        this.base = callOff.in(subscription).put(Phase.class, Phase.BACKWARD);
        this.ranked = base;
    }

    /** The context of a node's calls: the longer the path that hangs on them, the sooner they are to go. */
    Context of(int number, Node node) {
        if (plan.rank(number) != rank) {
            rank = plan.rank(number);
            ranked = Priority.put(base, rank);
        }
        Context own = gate == null ? ranked : gate.in(ranked, places[number]);
        return watch == null ? own : watch.contextFor(node, own);
    }

    /** How many questions wait at the gate; from any thread. */
    int queued() {
        return gate == null ? 0 : gate.queued();
    }

    void callOff() {
        callOff.callOff();
    }
}
