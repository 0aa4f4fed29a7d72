package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gradients that have come so far in one pass. Each edge fills a slot of its own, and slots are numbered in graph
 * order, so it doesn't matter which gradient comes first.
 */
final class Slots {

    private final Plan plan;
    private final @Nullable Variable[] gradients; // by slot
    private final int[] open; // by node: slots that nothing has come for yet

    Slots(Plan plan) {
        this.plan = plan;
        this.gradients = new Variable[plan.firstSlot(plan.size())];
        this.open = new int[plan.size()];
        for (int node = 0; node < open.length; node++) {
            open[node] = plan.endOfSlots(node) - plan.firstSlot(node);
        }
    }

    /** Fills the slot of an edge; returns whether it was the last open one of its node. */
    boolean receive(int edge, @Nullable Variable gradient) {
        gradients[plan.slot(edge)] = gradient;
        return --open[plan.target(edge)] == 0;
    }

    /** All that came for a node, bundles taken apart, in graph order. */
    List<Variable> received(int node) {
        List<Variable> all = new ArrayList<>(plan.endOfSlots(node) - plan.firstSlot(node));
        for (int slot = plan.firstSlot(node); slot < plan.endOfSlots(node); slot++) {
            Variable gradient = gradients[slot];
            if (gradient != null) {
                Gradients.flatten(gradient, all);
            }
        }
        return all;
    }

    /**
     * Takes what came for a node out of its slots.
     *
     * @return one gradient per output of the node, null where none came; null altogether where nothing came at all
     */
    @Nullable List<@Nullable Variable> take(int node, int outputs) {
        if (outputs > 1) {
            return takeByOutput(node, outputs);
        }
        boolean single = plan.endOfSlots(node) - plan.firstSlot(node) == 1;
        Variable gradient = single ? gradients[plan.firstSlot(node)] : null;
        if (!single || gradient instanceof GradientBundle) {
            gradient = Gradients.join(received(node));
        }
        clear(node);
        return gradient == null ? null : Collections.<@Nullable Variable>singletonList(gradient);
    }

    private @Nullable List<@Nullable Variable> takeByOutput(int node, int outputs) {
        List<List<Variable>> received = takeApart(node, outputs);
        return received == null ? null : Gradients.joinEach(received);
    }

    /**
     * Takes what came for a node out of its slots and leaves the joining to others.
     *
     * @return for each output of the node what came, bundles taken apart, in graph order; null altogether where nothing
     *     came at all
     */
    @Nullable List<List<Variable>> takeApart(int node, int outputs) {
        List<List<Variable>> received = new ArrayList<>(outputs);
        for (int output = 0; output < outputs; output++) {
            received.add(new ArrayList<>(1));
        }
        boolean nothing = true;
        for (int slot = plan.firstSlot(node); slot < plan.endOfSlots(node); slot++) {
            Variable gradient = gradients[slot];
            if (gradient != null) {
                nothing = false;
                Gradients.flatten(gradient, received.get(plan.output(slot)));
            }
        }
        clear(node);
        return nothing ? null : received;
    }

    /** Forgets what has come for a node. */
    void clear(int node) {
        for (int slot = plan.firstSlot(node); slot < plan.endOfSlots(node); slot++) {
            gradients[slot] = null;
        }
    }
}
