package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a backward pass runs. Immutable: each option returns a copy of {@link #DEFAULTS} with one thing changed.
 *
 * @param gradient the feedback on the root; null for none, which only a scalar may go without
 * @param retainGraph whether the graph can be walked again afterwards; otherwise what functions saved is given up. Null to retain it where a graph is
 *     created
 * @param createGraph whether gradients remember what they were made from, so that one can ask what should change in <em>them</em>
 * @param inputs the leaves that are to receive gradients; null for all
 * @param listener who watches
 */
public record BackwardOptions(
        @Nullable Variable gradient,
        @Nullable Boolean retainGraph,
        boolean createGraph,
        @Nullable List<Variable> inputs,
        BackwardListener listener) {

    /** No gradient to start with, the graph is given up, none is created, all leaves are served, nobody watches. */
    public static final BackwardOptions DEFAULTS =
            new BackwardOptions(null, null, false, null, BackwardListener.NOBODY);

    public BackwardOptions {
        inputs = inputs == null ? null : List.copyOf(inputs);
    }

    /**
     * Starts with feedback on the root.
     *
     * @param feedback a gradient of the root's shape
     * @return a copy with this option
     */
    public BackwardOptions gradient(Variable feedback) {
        return new BackwardOptions(feedback, retainGraph, createGraph, inputs, listener);
    }

    /**
     * Sets whether the graph can be walked again afterwards.
     *
     * @param retain true to keep what functions saved; by default it is kept where a graph is created
     * @return a copy with this option
     */
    public BackwardOptions retainGraph(boolean retain) {
        return new BackwardOptions(gradient, retain, createGraph, inputs, listener);
    }

    /**
     * Sets whether gradients get a {@link Variable#gradFn()} of their own: a pass that starts at a gradient then finds what should change in the feedback
     * it was made from and in the variables it was made for.
     *
     * @param create true to create that graph
     * @return a copy with this option
     */
    public BackwardOptions createGraph(boolean create) {
        return new BackwardOptions(gradient, retainGraph, create, inputs, listener);
    }

    /**
     * Serves only some leaves: nodes that lead to none of them are not visited and make no call.
     *
     * @param leaves the leaves
     * @return a copy with this option
     */
    public BackwardOptions inputs(Variable... leaves) {
        return new BackwardOptions(gradient, retainGraph, createGraph, List.of(leaves), listener);
    }

    /**
     * Tells somebody what happens.
     *
     * @param watcher is told of every event
     * @return a copy with this option
     */
    public BackwardOptions listener(BackwardListener watcher) {
        return new BackwardOptions(gradient, retainGraph, createGraph, inputs, watcher);
    }

    boolean retainsGraph() {
        return retainGraph == null ? createGraph : retainGraph;
    }
}
