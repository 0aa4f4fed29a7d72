package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a backward pass runs. Immutable: each option returns a copy of {@link #DEFAULTS} with one thing changed.
 *
 * @param gradient the feedback on the root; null for none, which only a scalar may go without
 * @param retainGraph whether the graph can be walked again afterwards; otherwise what functions saved is given up
 * @param inputs the leaves that are to receive gradients; null for all
 * @param listener who watches
 */
public record BackwardOptions(
        @Nullable Variable gradient,
        boolean retainGraph,
        @Nullable List<Variable> inputs,
        BackwardListener listener) {

    /** No gradient to start with, the graph is given up, all leaves are served, nobody watches. */
    public static final BackwardOptions DEFAULTS = new BackwardOptions(null, false, null, BackwardListener.NOBODY);

    public BackwardOptions {
        inputs = inputs == null ? null : List.copyOf(inputs);
    }

    public BackwardOptions gradient(Variable feedback) {
        return new BackwardOptions(feedback, retainGraph, inputs, listener);
    }

    public BackwardOptions retainGraph(boolean retain) {
        return new BackwardOptions(gradient, retain, inputs, listener);
    }

    /**
     * Serves only some leaves: nodes that lead to none of them are not visited and make no call.
     *
     * @param leaves the leaves
     * @return a copy with this option
     */
    public BackwardOptions inputs(Variable... leaves) {
        return new BackwardOptions(gradient, retainGraph, List.of(leaves), listener);
    }

    public BackwardOptions listener(BackwardListener watcher) {
        return new BackwardOptions(gradient, retainGraph, inputs, watcher);
    }
}
