package io.afnio4j.autodiff;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.GraphOrder;
import io.afnio4j.context.Phase;
import io.afnio4j.context.Priority;
import io.afnio4j.error.Together;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * The contexts in which the nodes of one pass ask: they hold what the calls are made for and how urgent those of a node
 * are, the pass's gate where it has one, and the {@link CallOff} by which what still waits is called off when the pass
 * fails, or whatever it runs within.
 */
final class CallContexts {

    private final Plan plan;
    private final @Nullable PassWatch watch; // null where nobody watches
    private final CallOff callOff;
    private final @Nullable CallGate gate;
    private final Context base;

    private int @Nullable [] places; // by node, since one asked first
    private Context ranked; // the last one and its rank: mostly that of the next node, too
    private int rank = Priority.NORMAL;

    CallContexts(Plan plan, BackwardOptions options, Context subscription, @Nullable PassWatch watch) {
        this.plan = plan;
        this.watch = watch;
        this.callOff = CallOff.within(subscription);
        this.gate = options.maxConcurrency() == Integer.MAX_VALUE ? null : new CallGate(options.maxConcurrency());
        Context all = Parts.in(callOff.in(subscription), options.onFailure()).put(Phase.class, Phase.BACKWARD);
        this.base = options.onFailure().startsNoMore()
                ? new Rule(options.onFailure()).in(all)
                : all.delete(Together.AfterFailure.class); // that of a pass around this one
        this.ranked = base;
    }

    /**
     * The context of a node's calls: the longer the path that hangs on them, the sooner they are to go, and among
     * equals in graph order.
     */
    Context of(int number, Node node) {
        if (places == null) {
            places = plan.places();
        }
        if (plan.rank(number) != rank) {
            rank = plan.rank(number);
            ranked = Priority.put(base, rank);
        }
        Context own = gate == null ? ranked : gate.in(ranked, places[number], node);
        return GraphOrder.put(watch == null ? own : watch.contextFor(node, own), this, places[number]);
    }

    /** How many questions wait at the gate; from any thread. */
    int queued() {
        return gate == null ? 0 : gate.queued();
    }

    void callOff() {
        callOff.callOff();
    }

    /**
     * Nothing of the pass is to be asked any more, not even in the moment between the cancelling of one call and the
     * next.
     */
    void end() {
        callOff.callOff();
        if (gate != null) {
            gate.shut();
        }
    }

    /** A node of many calls is no exception: once one of them has failed, so has the pass. */
    private final class Rule implements Together.AfterFailure {

        private final FailurePolicy policy;

        private Rule(FailurePolicy policy) {
            this.policy = policy;
        }

        @Override
        public boolean cancelsOthers() {
            return policy == FailurePolicy.CANCEL_STARTED;
        }

        @Override
        public void onFailure() {
            if (cancelsOthers()) {
                end();
            } else {
                callOff();
            }
        }
    }
}
