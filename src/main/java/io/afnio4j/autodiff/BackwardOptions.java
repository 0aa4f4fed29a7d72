package io.afnio4j.autodiff;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * How a backward pass runs. Immutable: each option returns a copy with one thing changed, so {@link #DEFAULTS} is a
 * template for all.
 */
public final class BackwardOptions {

    /**
     * No gradient to start with, the graph is given up, none is created, all leaves are served, all calls start as soon
     * as they can, {@link FailurePolicy#FINISH_STARTED}, nobody watches.
     */
    public static final BackwardOptions DEFAULTS = new BackwardOptions();

    private @Nullable Variable gradient;
    private @Nullable Boolean retainGraph;
    private boolean createGraph;
    private @Nullable List<Variable> inputs;
    private int maxConcurrency = Integer.MAX_VALUE;
    private FailurePolicy onFailure = FailurePolicy.FINISH_STARTED;
    private BackwardListener listener = BackwardListener.NOBODY;
    private UnaryOperator<Context> context = UnaryOperator.identity();

    private BackwardOptions() {}

    private BackwardOptions(BackwardOptions other) {
        this.gradient = other.gradient;
        this.retainGraph = other.retainGraph;
        this.createGraph = other.createGraph;
        this.inputs = other.inputs;
        this.maxConcurrency = other.maxConcurrency;
        this.onFailure = other.onFailure;
        this.listener = other.listener;
        this.context = other.context;
    }

    /**
     * Starts with feedback on the root. By default there is none, which only a scalar may go without.
     *
     * @param feedback a gradient of the root's shape
     * @return a copy with this option
     */
    public BackwardOptions gradient(Variable feedback) {
        BackwardOptions copy = new BackwardOptions(this);
        copy.gradient = feedback;
        return copy;
    }

    /**
     * Sets whether the graph can be walked again afterwards; otherwise what functions saved is given up.
     *
     * @param retain true to keep what functions saved; by default it is kept where a graph is created
     * @return a copy with this option
     */
    public BackwardOptions retainGraph(boolean retain) {
        BackwardOptions copy = new BackwardOptions(this);
        copy.retainGraph = retain;
        return copy;
    }

    /**
     * Sets whether gradients get a {@link Variable#gradFn()} of their own: a pass that starts at a gradient then finds
     * what should change in the feedback it was made from and in the variables it was made for. Equal requests are one
     * call as in any other pass, and each place has a graph of its own. Since feedback has to remember the request that
     * it came of, none is fused, or condensed to fit the model's context window.
     *
     * @param create true to create that graph
     * @return a copy with this option
     */
    public BackwardOptions createGraph(boolean create) {
        BackwardOptions copy = new BackwardOptions(this);
        copy.createGraph = create;
        return copy;
    }

    /**
     * Serves only some leaves: nodes that lead to none of them are not visited and make no call.
     *
     * @param leaves the leaves
     * @return a copy with this option
     */
    public BackwardOptions inputs(Variable... leaves) {
        BackwardOptions copy = new BackwardOptions(this);
        copy.inputs = List.of(leaves);
        return copy;
    }

    /**
     * Limits how many pieces of feedback this pass asks for at once, on top of what the client allows. Where more could
     * be asked than may be, those go first on which the longest chain of calls hangs, and among equals the first in
     * graph order. The limit holds for what functions ask through {@link FunctionContext#once}.
     *
     * @param calls at least 1; by default there is no limit
     * @return a copy with this option
     */
    public BackwardOptions maxConcurrency(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("maxConcurrency must be at least 1, not " + calls + ".");
        }
        BackwardOptions copy = new BackwardOptions(this);
        copy.maxConcurrency = calls;
        return copy;
    }

    /**
     * Sets what happens when a node fails for good.
     *
     * @param policy by default {@link FailurePolicy#FINISH_STARTED}
     * @return a copy with this option
     */
    public BackwardOptions onFailure(FailurePolicy policy) {
        BackwardOptions copy = new BackwardOptions(this);
        copy.onFailure = Objects.requireNonNull(policy);
        return copy;
    }

    /**
     * Tells somebody what happens.
     *
     * @param watcher is told of every event
     * @return a copy with this option
     */
    public BackwardOptions listener(BackwardListener watcher) {
        BackwardOptions copy = new BackwardOptions(this);
        copy.listener = Objects.requireNonNull(watcher);
        return copy;
    }

    /**
     * Puts something into the Reactor {@code Context} of this pass, before what stands there under the same key:
     * {@code BackwardOptions.DEFAULTS.context(client::in)} asks another client than all other passes.
     *
     * @param additions extends the context
     * @return a copy with these additions behind those that there were
     */
    public BackwardOptions context(UnaryOperator<Context> additions) {
        BackwardOptions copy = new BackwardOptions(this);
        copy.context = before -> additions.apply(context.apply(before));
        return copy;
    }

    public @Nullable Variable gradient() {
        return gradient;
    }

    /** Whether the graph can be walked again afterwards: what was set, or else whether a graph is created. */
    public boolean retainGraph() {
        return retainGraph == null ? createGraph : retainGraph;
    }

    public boolean createGraph() {
        return createGraph;
    }

    /** The leaves that are to receive gradients; null for all. */
    public @Nullable List<Variable> inputs() {
        return inputs;
    }

    public int maxConcurrency() {
        return maxConcurrency;
    }

    public FailurePolicy onFailure() {
        return onFailure;
    }

    public BackwardListener listener() {
        return listener;
    }

    /** What extends the context of the subscription. */
    public UnaryOperator<Context> context() {
        return context;
    }
}
