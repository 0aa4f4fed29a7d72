package io.afnio4j.autodiff;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

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

    private volatile @Nullable Hooks hooks; // null for none; written under the lock of this

    Node() {}

    /**
     * The name, as shown in messages and pictures.
     *
     * @return the function's name with {@code Backward0} behind it, for example {@code SumBackward0}; or
     *     {@code AccumulateGrad}
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

    /**
     * What the function made, in words.
     *
     * @return the role of its first output, as forward made it; at the node of a leaf, the leaf's role
     */
    public abstract String role();

    /**
     * The leaf whose gradients gather here.
     *
     * @return the leaf of an {@code AccumulateGrad}, null for the node of a function
     */
    public abstract @Nullable Variable variable();

    /**
     * How many calls the node makes in a pass with this context as far as can be said before it, whether at the same
     * time or not.
     */
    abstract int expectedCalls(ContextView pass, @Nullable BitSet leftOut);

    /** How many calls to a model on the longest path through this node: 0 for all that only computes. */
    abstract int modelCalls();

    /**
     * Computes the gradients of the inputs.
     *
     * @param gradients one per output, null where nothing is to be said about it
     * @param createGraph whether the gradients are to remember what they were made from
     * @param leftOut the inputs that need no gradient in this pass, though they might have one; null where there are
     *     none
     * @return one per input, null where nothing is to be said about it
     */
    abstract Mono<List<@Nullable Variable>> backward(
            List<@Nullable Variable> gradients, boolean createGraph, @Nullable BitSet leftOut);

    /** The {@linkplain Gradients#form form} that a gradient for an input must have. */
    abstract int form(int input);

    /** What the function made. */
    abstract Value output(int outputNr);

    /** What is wrong with a gradient for one input, or null. */
    abstract @Nullable String objection(int input, Variable gradient);

    /** Asks once, until the answers are {@linkplain #forget forgotten}. */
    abstract <T> Mono<T> once(Object question, Mono<T> ask);

    /** Whether what backward needs was given up by an earlier pass. */
    abstract boolean isReleased();

    /** Gives up what backward needs. */
    abstract void release();

    /** Forgets the answers that were kept for a second try. */
    abstract void forget();

    /**
     * Tells of the answers that are kept for a second try, and to which {@linkplain SharedAnswers shared} questions.
     */
    abstract void tellShared(BiConsumer<Object, Object> hearing);

    /**
     * Lets somebody look at the gradients that arrive here, before the node works with them.
     *
     * @param hook gets, on each pass that comes by, one gradient per output of the function, null where none came; at
     *     the node of a leaf, all gradients that the leaf is about to receive. It must not block; where it throws, the
     *     node fails and with it the pass
     * @return removes the hook
     */
    @CanIgnoreReturnValue
    public final Disposable registerPrehook(Consumer<List<@Nullable Variable>> hook) {
        return register(hook, Hooks::withArriving);
    }

    /**
     * Lets somebody look at the gradients that this node sends on.
     *
     * @param hook gets, on each pass that comes by, one gradient per input of the function, null where there is none;
     *     at the node of a leaf it is never called. It must not block; where it throws, the node fails and with it the
     *     pass
     * @return removes the hook
     */
    @CanIgnoreReturnValue
    public final Disposable registerHook(Consumer<List<@Nullable Variable>> hook) {
        return register(hook, Hooks::withLeaving);
    }

    /** Shows the gradients of one output; all that come to the node of a leaf are the leaf's. */
    final Disposable registerHook(int outputNr, Consumer<Variable> hook) {
        boolean leaf = this instanceof AccumulateGrad;
        return registerPrehook(gradients -> {
            for (int i = outputNr; i < (leaf ? gradients.size() : outputNr + 1); i++) {
                Variable gradient = gradients.get(i);
                if (gradient != null) {
                    hook.accept(gradient);
                }
            }
        });
    }

    private Disposable register(
            Consumer<List<@Nullable Variable>> hook,
            BiFunction<Hooks, Consumer<List<@Nullable Variable>>, Hooks> with) {
        Consumer<List<@Nullable Variable>> own = gradients -> hook.accept(gradients); // each handle removes its own
        change(now -> with.apply(now, own));
        return () -> change(now -> now.without(own));
    }

    static int nextSequenceNr() {
        return SEQUENCE.get();
    }

    /** Whether this node was made since the next one was to get a number. */
    final boolean isSince(int nextSequenceNr) {
        return sequenceNr - nextSequenceNr >= 0;
    }

    /** Notes that the data of an output are other ones than the function made. */
    final void replaced(int outputNr) {
        change(now -> now.withReplaced(outputNr));
    }

    /** Keeps the gradient of an output for a variable, null for nobody any more. */
    final void retain(int outputNr, @Nullable Variable variable) {
        change(now -> now.retain(outputNr, variable));
    }

    private synchronized void change(UnaryOperator<Hooks> change) {
        Hooks now = hooks;
        hooks = change.apply(now == null ? Hooks.NONE : now);
    }

    final @Nullable Hooks hooks() {
        return hooks;
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
