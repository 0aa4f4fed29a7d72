package io.afnio4j.autodiff;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A step of the backward graph: takes the gradients of a function's outputs and gives those of its inputs, along its
 * {@linkplain #nextFunctions() edges}. Nodes are made by functions as they run; users look at them and never make one.
 */
public abstract sealed class Node permits FunctionNode, AccumulateGrad {

    private static final AtomicInteger SEQUENCE = new AtomicInteger();

    // Neighbours in the graph are mostly made one after the other. As hash code, this number puts them side by side in
    // a hash table, which is several times faster than with identity hashes.
    private final int sequenceNr = SEQUENCE.getAndIncrement();

    int mark; // belongs to Numbering

    private volatile Map<Integer, Variable> retaining = Map.of(); // copied on write, guarded by this

    Node() {}

    /**
     * The name, as shown in messages and pictures.
     *
     * @return the function's name with {@code Backward0} behind it, for example {@code SumBackward0}; or {@code AccumulateGrad}
     */
    public abstract String name();

    /**
     * Where the gradients of this node go.
     *
     * @return one edge per input of the function, in order; an edge without a node for an input that needs no gradient
     */
    public abstract List<GradientEdge> nextFunctions();

    /** How many {@linkplain #nextFunctions() edges} there are. */
    abstract int edges();

    /** One of the {@linkplain #nextFunctions() edges}. */
    abstract GradientEdge edge(int input);

    /** How many outputs the function had: how many gradients {@link #backward} takes. */
    abstract int outputs();

    /** How many calls to a model on the longest path through this node: 0 for all that only computes. */
    abstract int modelCalls();

    /**
     * Computes the gradients of the inputs.
     *
     * @param gradients one per output, null where nothing is to be said about it
     * @return one per input, null where nothing is to be said about it
     */
    abstract Mono<List<@Nullable Variable>> backward(List<@Nullable Variable> gradients);

    /** The {@linkplain Gradients#form form} that a gradient for an input must have. */
    abstract int form(int input);

    /** What is wrong with a gradient for one input, or null. */
    abstract @Nullable String objection(int input, Variable gradient);

    /** Whether what backward needs was given up by an earlier pass. */
    abstract boolean isReleased();

    /** Gives up what backward needs. */
    abstract void release();

    /** Forgets the answers that were kept for a second try. */
    abstract void forget();

    final synchronized void retain(int outputNr, Variable variable) {
        Map<Integer, Variable> copy = new TreeMap<>(retaining);
        copy.put(outputNr, variable);
        retaining = copy;
    }

    /** The variables that keep their gradient though they are no leaves, by output number. */
    final Map<Integer, Variable> retaining() {
        return retaining;
    }

    final boolean isRetaining() {
        return !retaining.isEmpty();
    }

    @Override
    public final int hashCode() {
        return sequenceNr;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public String toString() {
        return "<" + name() + ">";
    }
}
