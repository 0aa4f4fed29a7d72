package io.afnio4j.autodiff;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * The part of a {@link Variable} that knows its place in the graph: whether it is watched, what made it, and the
 * gradients that came.
 */
abstract class GraphPlace extends DataHolder {

    volatile boolean requiresGrad;
    private volatile GradientEdge origin; // the edge that leads to what made this variable
    private volatile boolean retainsGrad;
    private @Nullable AccumulateGrad accumulator; // guarded by this
    private List<Variable> grad = List.of(); // guarded by this

    GraphPlace(Value value, boolean requiresGrad, GradientEdge origin) {
        super(value);
        this.requiresGrad = requiresGrad;
        this.origin = origin;
    }

    abstract Variable self();

    /**
     * Replaces the data, for example by their parsed form, and keeps the graph: a backward pass still sees what the
     * forward saw. Feedback on the new data is put into the shape of the old ones before it goes to the function that
     * made them.
     *
     * @param data the new data, of any kind and length
     * @throws IllegalArgumentException for data of a kind that variables don't hold
     */
    public final void data(@Nullable Object data) {
        replace(new Value(data, role()));
    }

    final void replace(Value by) {
        this.value = by;
        Node node = origin.node();
        if (node != null) {
            node.replaced(origin.outputNr());
        }
    }

    public final boolean requiresGrad() {
        return requiresGrad;
    }

    /**
     * Lets somebody look at this variable's gradients as a pass brings them, before they are put into {@link #grad()}.
     *
     * @param hook gets each gradient; it must not block, and where it throws, the pass fails
     * @return removes the hook
     * @throws IllegalStateException for a variable that doesn't require grad
     */
    @CanIgnoreReturnValue
    public final Disposable registerHook(Consumer<Variable> hook) {
        GradientEdge edge = gradientEdge();
        Node node = edge.node();
        if (node == null) {
            throw new IllegalStateException(
                    "The " + value.named() + " doesn't require grad, so no gradient passes a hook on it.");
        }
        return node.registerHook(edge.outputNr(), hook);
    }

    /**
     * Whether no watched function made this variable.
     *
     * @return true for all variables that don't require grad, and for those that a user made
     */
    public final boolean isLeaf() {
        return !requiresGrad || origin.node() == null;
    }

    /** The node of the function that made this variable, null for a leaf. */
    public final @Nullable Node gradFn() {
        return origin.node();
    }

    /**
     * The gradients that backward passes brought, oldest first.
     *
     * @return a snapshot
     * @throws IllegalStateException for a variable that isn't a leaf, without {@link #retainGrad()}
     */
    public final List<Variable> grad() {
        checkHoldsGrad();
        synchronized (this) {
            return List.copyOf(grad);
        }
    }

    /**
     * Replaces the gradients.
     *
     * @param gradients the new ones
     * @throws IllegalStateException for a variable that isn't a leaf, without {@link #retainGrad()}
     */
    public final void grad(List<Variable> gradients) {
        checkHoldsGrad();
        synchronized (this) {
            this.grad = new ArrayList<>(gradients);
        }
    }

    /**
     * Adds a gradient behind those that are there.
     *
     * @param gradient the gradient
     * @throws IllegalStateException for a variable that isn't a leaf, without {@link #retainGrad()}
     */
    public final void appendGrad(Variable gradient) {
        checkHoldsGrad();
        accumulate(List.of(gradient));
    }

    /** Empties the list of gradients. */
    public final void clearGrad() {
        synchronized (this) {
            this.grad = List.of();
        }
    }

    /**
     * Lets a variable that isn't a leaf keep its gradient too.
     *
     * @throws IllegalStateException for a leaf, which keeps it anyway
     */
    public final void retainGrad() {
        Node node = origin.node();
        if (!requiresGrad || node == null) {
            throw new IllegalStateException("The " + value.named()
                    + " is a leaf: it keeps its gradients without retainGrad(), where it requires grad.");
        }
        if (!retainsGrad) {
            this.retainsGrad = true;
            node.retain(origin.outputNr(), self());
        }
    }

    /** The edge along which this variable's gradient travels; {@link GradientEdge#NONE} where none is needed. */
    final GradientEdge gradientEdge() {
        GradientEdge edge = origin;
        if (edge.node() != null || !requiresGrad) {
            return edge;
        }
        synchronized (this) {
            AccumulateGrad sink = accumulator;
            if (sink == null) {
                sink = new AccumulateGrad(self());
                accumulator = sink;
            }
            return sink.edge();
        }
    }

    final void madeBy(Node node, int outputNr) {
        this.requiresGrad = true;
        this.origin = new GradientEdge(node, outputNr);
    }

    /**
     * Becomes what another variable is: data, role, flag and maker. A gradient that is retained is from now on that of
     * the new maker's output.
     */
    final void takeOver(GraphPlace other) {
        Node before = origin.node();
        if (retainsGrad && before != null) {
            before.retain(origin.outputNr(), null);
        }
        this.value = other.value;
        this.origin = other.origin;
        this.requiresGrad = other.requiresGrad;
        if (retainsGrad) {
            retainsGrad = false;
            if (!isLeaf()) {
                retainGrad();
            }
        }
    }

    final synchronized void accumulate(List<Variable> gradients) {
        if (!(grad instanceof ArrayList)) {
            grad = new ArrayList<>(grad);
        }
        grad.addAll(gradients);
    }

    private void checkHoldsGrad() {
        if (!isLeaf() && !retainsGrad) {
            throw new IllegalStateException("The " + value.named() + " was made by " + gradFnName()
                    + " and keeps no gradient. Call retainGrad() on it before the backward pass.");
        }
    }

    final String gradFnName() {
        Node node = origin.node();
        return node == null ? "nobody" : node.name();
    }

    /** A short form: long texts and long lists are elided. */
    @Override
    public String toString() {
        Node node = origin.node();
        return "variable(" + value.shown() + ", role=" + value.role() + ", "
                + (node == null ? "requires_grad=" + requiresGrad : "grad_fn=<" + node.name() + ">") + ")";
    }
}
