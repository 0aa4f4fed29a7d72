package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way of gradients within one pass: from the node that gave them along its edges into the slots of the next ones. A
 * node whose slots are all filled is ready.
 */
final class Delivery {

    private final Plan plan;
    private final Slots slots;
    private final ReadyNodes ready;

    Delivery(Plan plan, Slots slots, ReadyNodes ready) {
        this.plan = plan;
        this.slots = slots;
        this.ready = ready;
    }

    /**
     * Looks at what a node gave before it is sent on, and shows it to the node's hooks.
     *
     * @return the same gradients
     * @throws IllegalStateException where they don't fit the inputs
     */
    List<@Nullable Variable> checked(int number, Node node, @Nullable List<@Nullable Variable> came) {
        List<@Nullable Variable> gradients = GradientCheck.checked(plan, number, node, came);
        Hooks hooks = node.hooks();
        if (hooks != null) {
            hooks.showLeaving(gradients);
        }
        return gradients;
    }

    /** Sends on what a node gave, once it was {@linkplain #checked looked at}. */
    void sendChecked(int from, Node node, @Nullable List<@Nullable Variable> came) {
        send(from, checked(from, node, came));
    }

    /** Sends one gradient along each edge of a node, null for nothing. */
    void send(int from, List<? extends @Nullable Variable> gradients) {
        int first = plan.firstEdge(from);
        for (int input = 0; input < gradients.size(); input++) {
            send(first + input, gradients.get(input));
        }
    }

    /** The next nodes don't wait for this one any more: it has nothing to say. */
    void sendNothing(int from) {
        for (int edge = plan.firstEdge(from); edge < plan.endOfEdges(from); edge++) {
            send(edge, (Variable) null);
        }
    }

    private void send(int edge, @Nullable Variable gradient) {
        int target = plan.target(edge);
        if (target != Plan.NOWHERE && slots.receive(edge, gradient)) {
            ready.add(target);
        }
    }
}
