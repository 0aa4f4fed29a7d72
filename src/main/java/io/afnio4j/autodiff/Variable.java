package io.afnio4j.autodiff;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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
public class Variable {

    private volatile Value value;
    private volatile boolean requiresGrad;
    private volatile GradientEdge origin = GradientEdge.NONE; // the edge that leads to what made this variable
    private volatile boolean retainsGrad;
    private @Nullable AccumulateGrad accumulator; // guarded by this
    private List<Variable> grad = List.of(); // guarded by this

    /** Makes a variable that needs no gradient; see the other constructor. */
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
     */
    public Variable(@Nullable Object data, String role, boolean requiresGrad) {
        this(new Value(data, role), requiresGrad);
    }

    Variable(Value value, boolean requiresGrad) {
        this.value = value;
        this.requiresGrad = requiresGrad;
    }

    /**
     * Data and role of one moment.
     *
     * @return the value, immutable
     */
    public final Value value() {
        return value;
    }

    /**
     * The data: null, {@code String}, {@code Long}, {@code Double}, or an immutable list of one of these.
     *
     * @return the data
     */
    public final @Nullable Object data() {
        return value.data();
    }

    /**
     * The data of a scalar as text.
     *
     * @return the text; numbers in decimal, null as the empty text
     * @throws IllegalStateException for a list
     */
    public final String text() {
        if (value.isList()) {
            throw new IllegalStateException(
                    "The " + value.role() + " is " + value.shape() + "; texts() gives them all.");
        }
        return value.text(0);
    }

    /**
     * The data as texts, a scalar as a list of one.
     *
     * @return the texts
     */
    public final List<String> texts() {
        Value now = value;
        return IntStream.range(0, now.size()).mapToObj(now::text).toList();
    }

    /**
     * Replaces the data and keeps the graph: a backward pass still sees what the forward saw.
     *
     * @param data the new data
     */
    public final void data(@Nullable Object data) {
        this.value = new Value(data, value.role());
    }

    public final String role() {
        return value.role();
    }

    public final void role(String role) {
        this.value = new Value(value.data(), role);
    }

    /**
     * How many values the data hold.
     *
     * @return 1 for a scalar
     */
    public final int size() {
        return value.size();
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
     * Whether all data are real numbers.
     *
     * @return false for whole numbers, texts and an empty list
     */
    public final boolean isFloatingPoint() {
        return value.isReal();
    }

    /**
     * Casts each element; numbers lose their fraction on the way to {@code Long}.
     *
     * @param type {@code String}, {@code Long} or {@code Double}
     * @return a new leaf with the same role and {@code requiresGrad}
     * @throws IllegalArgumentException for another type, or data that can't be cast
     */
    public final Variable to(Class<?> type) {
        return new Variable(value.to(type), requiresGrad);
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
