package io.afnio4j.autodiff;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Data with a role: a prompt, a question, an answer, a score, or a batch of them. A variable that
 * {@linkplain #requiresGrad() requires grad} is watched: what functions make of it remembers how, and a
 * {@linkplain #backward() backward pass} brings it gradients, which are variables as well: texts that say what should change.
 *
 * <p>A <em>leaf</em> is a variable that no watched function made. Leaves keep the gradients that a pass brings, all others only after
 * {@link #retainGrad()}.
 *
 * <p>Variables may be read from any thread. Data and role change together; whoever reads both at once takes {@link #value()}.
 */
public class Variable extends DataHolder {

    private volatile boolean requiresGrad;
    private volatile GradientEdge origin = GradientEdge.NONE; // the edge that leads to what made this variable
    private volatile boolean retainsGrad;
    private @Nullable AccumulateGrad accumulator; // guarded by this
    private List<Variable> grad = List.of(); // guarded by this

    /** Makes a variable without a role that needs no gradient; see the last constructor. */
    public Variable(@Nullable Object data) {
        this(data, "", false);
    }

    /** Makes a variable that needs no gradient; see the last constructor. */
    public Variable(@Nullable Object data, String role) {
        this(data, role, false);
    }

    /**
     * Makes a variable.
     *
     * @param data null, a text, a whole or real number, or a list of texts or of numbers
     * @param role what the data are for, in words that help a reader who knows nothing of the program: {@code "system prompt for
     *     sentiment classification"}
     * @param requiresGrad whether functions of this variable are watched
     * @throws IllegalArgumentException for data of another kind, or a list that mixes texts and numbers; whole numbers beside real
     *     ones become real
     */
    public Variable(@Nullable Object data, String role, boolean requiresGrad) {
        this(new Value(data, role), requiresGrad);
    }

    Variable(Value value, boolean requiresGrad) {
        super(value);
        this.requiresGrad = requiresGrad;
    }

    /** A variable whose gradient travels along an edge that is there already. */
    Variable(Value value, GradientEdge origin) {
        super(value);
        this.requiresGrad = origin.node() != null;
        this.origin = origin;
    }

    public final boolean requiresGrad() {
        return requiresGrad;
    }

    /**
     * Sets whether functions of this variable are watched from now on.
     *
     * @param required true to watch
     * @return this
     * @throws IllegalStateException for false on a variable that a watched function made; {@link #detach()} it instead
     */
    @CanIgnoreReturnValue
    public final Variable requiresGrad(boolean required) {
        if (!required && !isLeaf()) {
            throw new IllegalStateException("The " + role() + " was made by " + gradFnName()
                    + ", so it can't stop requiring grad. Use detach() for a copy outside of the graph.");
        }
        this.requiresGrad = required;
        return this;
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
                    "The " + role() + " doesn't require grad, so no gradient passes a hook on it.");
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
            throw new IllegalStateException("The " + role()
                    + " is a leaf: it keeps its gradients without retainGrad(), where it requires grad.");
        }
        if (!retainsGrad) {
            this.retainsGrad = true;
            node.retain(origin.outputNr(), this);
        }
    }

    /**
     * Casts each element; numbers lose their fraction on the way to {@code Long}.
     *
     * @param type {@code String}, {@code Long} or {@code Double}
     * @return a new leaf with the same role and {@code requiresGrad}
     * @throws IllegalArgumentException for another type, or data that can't be cast; the message names the element
     */
    public final Variable to(Class<?> type) {
        return new Variable(Cast.of(value, type), requiresGrad);
    }

    /**
     * A copy outside of the graph.
     *
     * @return a new leaf with the same data and role that doesn't require grad
     */
    public final Variable detach() {
        return new Variable(value, false);
    }

    /**
     * A copy that shares nothing with this variable.
     *
     * @return a new leaf with the same data, role and {@code requiresGrad}, and copies of the gradients
     * @throws IllegalStateException for a variable that isn't a leaf; {@link #detach()} gives its data without the graph
     */
    public Variable copy() {
        return copyInto(new Variable(value, requiresGrad));
    }

    final <V extends Variable> V copyInto(V copy) {
        if (!isLeaf()) {
            throw new IllegalStateException("The " + role() + " was made by " + gradFnName()
                    + ", and only leaves can be copied. Use detach() for a copy outside of the graph.");
        }
        copy.grad(grad().stream().map(Variable::detach).toList());
        return copy;
    }

    /**
     * Takes over data, role and {@code requiresGrad} of another variable; this one's gradients and place in the graph stay.
     *
     * @param source where to copy from: a scalar for a scalar, a list of the same length for a list
     * @return this
     * @throws IllegalArgumentException where the shapes differ
     */
    @CanIgnoreReturnValue
    public final Variable copyFrom(Variable source) {
        Value taken = source.value;
        if (taken.isList() != value.isList() || taken.size() != value.size()) {
            throw new IllegalArgumentException("The " + role() + " is " + value.shape() + " and can't be copied from "
                    + taken.shape() + ": both must be scalars, or lists of the same length.");
        }
        this.value = taken;
        this.requiresGrad = source.requiresGrad;
        return this;
    }

    /**
     * Adds: numbers add up, texts are joined, lists go element by element.
     *
     * @param other what to add, of the same shape
     * @return the sum, with the role {@code A and B}
     */
    public final Variable plus(Variable other) {
        return new Add().apply(this, other);
    }

    /**
     * Adds in place, as {@code +=} does elsewhere: this variable stays the same object and takes over data, role, {@code requiresGrad} and
     * {@code gradFn} of the sum. Functions that saw it before keep what they saw; a leaf is one no longer.
     *
     * @param other what to add, of the same shape
     * @return this
     */
    @CanIgnoreReturnValue
    public final Variable plusAssign(Variable other) {
        GradientEdge before = origin;
        Variable self = before.node() == null
                ? new Variable(value, requiresGrad)
                : this; // a leaf no longer: its gradients aren't this one's
        Variable sum = new Add().apply(self, other == this ? self : other);
        this.value = sum.value();
        this.origin = sum.origin;
        this.requiresGrad = sum.requiresGrad;
        if (retainsGrad && before.node() != null) {
            before.node().retain(before.outputNr(), null);
            retainsGrad = false;
            if (!isLeaf()) {
                retainGrad();
            }
        }
        return this;
    }

    /** The text in capital letters. */
    public final Variable upper() {
        return new Upper().apply(this);
    }

    /** Splits the text at every separator: {@link #split(String, int)} without a limit. */
    public final List<Variable> split(String separator) {
        return split(separator, -1);
    }

    /**
     * Splits the text at the first separators.
     *
     * @param separator a text that isn't empty
     * @param maxSplit how many times to split at most; negative for every time
     * @return the parts, at least one; on a list of texts, part i is a list over the batch, short rows filled with {@code ""}
     */
    public final List<Variable> split(String separator, int maxSplit) {
        return new Split(separator, maxSplit).applyAll(List.of(this));
    }

    /**
     * Changes each text and passes feedback through unchanged: for parsing an answer without leaving the graph.
     *
     * @param change what to do with each text
     * @param role the role of the result
     * @return the new variable
     */
    public final Variable map(UnaryOperator<String> change, String role) {
        return new MapTexts(change, role).apply(this);
    }

    /**
     * Adds up variables of one shape.
     *
     * @param variables at least one
     * @return numbers as their sum; texts as {@code <ITEM>a</ITEM><ITEM>b</ITEM>}; lists position by position
     */
    public static Variable sum(List<Variable> variables) {
        return new Sum().applyAll(variables).get(0);
    }

    /**
     * Finds the gradients of all leaves that this variable was made from, with the defaults of {@link BackwardOptions}.
     *
     * @return completes when all gradients are in place
     * @throws IllegalStateException for a leaf
     * @see Engine#backward(Variable, BackwardOptions)
     */
    public final Mono<Void> backward() {
        return backward(BackwardOptions.DEFAULTS);
    }

    /**
     * The same, given what should change in this variable.
     *
     * @param gradient the feedback, of this variable's shape
     * @return completes when all gradients are in place
     */
    public final Mono<Void> backward(Variable gradient) {
        return backward(BackwardOptions.DEFAULTS.gradient(gradient));
    }

    /**
     * Finds the gradients of the leaves that this variable was made from.
     *
     * @param options the gradient to start with, which leaves to serve, whether the graph is to be kept
     * @return completes when all gradients are in place
     * @throws IllegalStateException for a leaf
     * @throws IllegalArgumentException where the options don't fit this variable
     */
    public final Mono<Void> backward(BackwardOptions options) {
        return Engine.backward(this, options);
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
                sink = new AccumulateGrad(this);
                accumulator = sink;
            }
            return sink.edge();
        }
    }

    final void madeBy(Node node, int outputNr) {
        this.requiresGrad = true;
        this.origin = new GradientEdge(node, outputNr);
    }

    final synchronized void accumulate(List<Variable> gradients) {
        if (!(grad instanceof ArrayList)) {
            grad = new ArrayList<>(grad);
        }
        grad.addAll(gradients);
    }

    private void checkHoldsGrad() {
        if (!isLeaf() && !retainsGrad) {
            throw new IllegalStateException("The " + role() + " was made by " + gradFnName()
                    + " and keeps no gradient. Call retainGrad() on it before the backward pass.");
        }
    }

    private String gradFnName() {
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
