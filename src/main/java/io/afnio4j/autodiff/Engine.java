package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs backward passes. A pass walks the graph from its roots to the leaves; each node starts the moment its last
 * gradient has arrived, so that the pass takes as long as its longest chain of answers and no longer. Results never
 * depend on which answer came first: gradients join in graph order and are put into {@link Variable#grad()} together,
 * when all of them are there.
 *
 * <p><b>Errors.</b> When a node fails, no further node starts; those that are waiting for answers get them, then the
 * pass ends with a {@link BackwardException} that names every node that failed, and no gradient has changed. Run again,
 * it asks only for what is missing.
 *
 * <p><b>Cancelling</b> a pass cancels all that it is waiting for and changes no gradient.
 *
 * <p><b>Threads.</b> A pass has none of its own: it runs on the thread that subscribes and on those that bring the
 * answers, one at a time.
 *
 * <p>The design follows PyTorch's engine: immutable nodes, all state of one pass in one object, dependency counts
 * instead of a sorted list.
 */
public final class Engine {

    private Engine() {}

    /**
     * Finds the gradients of the leaves that a variable was made from.
     *
     * @param root the variable
     * @param options the gradient to start with, which leaves to serve, whether the graph is kept
     * @return completes when all gradients are in place
     * @throws IllegalStateException where the root is a leaf
     * @throws IllegalArgumentException where the gradient or the inputs don't fit
     */
    public static Mono<Void> backward(Variable root, BackwardOptions options) {
        List<Variable> gradients = options.gradient() == null ? List.of() : List.of(options.gradient());
        return pass(List.of(root), gradients, options);
    }

    /**
     * Finds the gradients of the leaves that several variables were made from, in one pass.
     *
     * @param roots the variables
     * @param gradients one gradient per root, in order; null for a scalar root that starts without one, and an empty
     *     list where all do
     * @param options which leaves to serve, whether the graph is kept; without a gradient of its own
     * @return completes when all gradients are in place
     * @throws IllegalStateException where a root is a leaf
     * @throws IllegalArgumentException where gradients or inputs don't fit
     */
    public static Mono<Void> backward(
            List<Variable> roots, List<? extends @Nullable Variable> gradients, BackwardOptions options) {
        if (options.gradient() != null) {
            throw new IllegalArgumentException(
                    "The options hold a gradient, but don't say for which of the roots. Give it in the list, in its root's place.");
        }
        boolean unpaired = !gradients.isEmpty() && gradients.size() != roots.size();
        if (roots.isEmpty() || unpaired) {
            throw new IllegalArgumentException(
                    "backward needs at least one root and one gradient per root or none at all, but got " + roots.size()
                            + " roots and " + gradients.size() + " gradients.");
        }
        return pass(roots, gradients, options);
    }

    private static Mono<Void> pass(
            List<Variable> roots, List<? extends @Nullable Variable> gradients, BackwardOptions options) {
        List<Variable> seeds = new ArrayList<>(roots.size());
        List<GradientEdge> edges = new ArrayList<>(roots.size());
        for (int i = 0; i < roots.size(); i++) {
            edges.add(rootEdge(roots.get(i)));
            seeds.add(seed(roots.get(i), gradients.isEmpty() ? null : gradients.get(i)));
        }
        checkLeaves(options);
        return Mono.<Void>create(
                        sink -> new BackwardPass(Planner.plan(edges, options.inputs()), options, sink).start(seeds))
                .contextWrite(options.context());
    }

    /**
     * The same pass, watched. Subscribing starts it; events come as they happen, the last one is
     * {@link BackwardEvent.Finished} or {@link BackwardEvent.PassFailed}. An observer that is too slow never slows the
     * pass: beyond {@value EventStream#KEPT} waiting events, {@linkplain BackwardEvent#isLight() light} ones are
     * dropped first, and where none of them is left, the oldest of the others.
     *
     * @param root the variable
     * @param options as for {@link #backward(Variable, BackwardOptions)}; its listener is told as well
     * @return the events; cancelling it cancels the pass
     * @throws IllegalStateException where the root is a leaf
     * @throws IllegalArgumentException where the gradient or the inputs don't fit
     */
    public static Flux<BackwardEvent> backwardEvents(Variable root, BackwardOptions options) {
        var unused = backward(root, options); // says at once what is wrong with root and options
        return EventStream.of(
                tell -> backward(root, options.listener(options.listener().and(tell::accept))), BackwardEvent::isLight);
    }

    private static GradientEdge rootEdge(Variable root) {
        Node node = root.gradFn();
        if (!root.requiresGrad() || node == null) {
            throw new IllegalStateException("The " + root.value().named()
                    + " is a leaf: no watched function made it, so there is nothing to walk back through. Was grad mode off, or does nothing that"
                    + " it was made from require grad? A prompt's text(), put into another variable, doesn't.");
        }
        return root.gradientEdge();
    }

    private static Variable seed(Variable root, @Nullable Variable gradient) {
        if (gradient != null) {
            return checked(root, gradient);
        }
        if (root.value().isList()) {
            throw new IllegalArgumentException(
                    "The " + root.value().named() + " is " + root.value().shape()
                            + ", so backward needs a gradient of the same length; only a scalar can go without.");
        }
        return Gradients.implicit(root.value());
    }

    private static Variable checked(Variable root, Variable gradient) {
        String objection = Gradients.objection(root.value(), gradient);
        if (objection != null) {
            throw new IllegalArgumentException("The " + root.value().named() + " is "
                    + root.value().shape() + " and needs a gradient of the same shape, but " + objection + ".");
        }
        return gradient;
    }

    private static void checkLeaves(BackwardOptions options) {
        List<Variable> inputs = options.inputs();
        if (inputs == null) {
            return;
        }
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "inputs is empty. Name at least one leaf, or leave it out to serve all.");
        }
        for (Variable input : inputs) {
            if (!input.isLeaf()) {
                throw new IllegalStateException(
                        "The " + input.value().named() + " isn't a leaf; only leaves can be inputs of backward.");
            }
            if (!input.requiresGrad()) {
                throw new IllegalArgumentException(
                        "The " + input.value().named()
                                + " doesn't require grad, so it can't be an input of backward. Call requiresGrad(true) before the forward pass.");
            }
        }
    }
}
