package io.afnio4j.autodiff;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Data with a role: a prompt, a question, an answer, a score, or a batch of them. A variable that
 * {@linkplain #requiresGrad() requires grad} is watched: what functions make of it remembers how, and a
 * {@linkplain #backward() backward pass} brings it gradients, which are variables as well: texts that say what should
 * change.
 *
 * <p>A <em>leaf</em> is a variable that no watched function made. Leaves keep the gradients that a pass brings, all
 * others only after {@link #retainGrad()}.
 *
 * <p>Variables may be read from any thread. Data and role change together; whoever reads both at once takes
 * {@link #value()}.
 */
public class Variable extends GraphPlace {

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
     * @param role what the data are for, in words that help a reader who knows nothing of the program: {@code "system
     *     prompt for sentiment classification"}
     * @param requiresGrad whether functions of this variable are watched
     * @throws IllegalArgumentException for data of another kind, or a list that mixes texts and numbers; whole numbers
     *     beside real ones become real
     */
    public Variable(@Nullable Object data, String role, boolean requiresGrad) {
        this(new Value(data, role), requiresGrad);
    }

    Variable(Value value, boolean requiresGrad) {
        super(value, requiresGrad, GradientEdge.NONE);
    }

    /** A variable whose gradient travels along an edge that is there already. */
    Variable(Value value, GradientEdge origin) {
        super(value, origin.node() != null, origin);
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
            throw new IllegalStateException("The " + value.named() + " was made by " + gradFnName()
                    + ", so it can't stop requiring grad. Use detach() for a copy outside of the graph.");
        }
        this.requiresGrad = required;
        return this;
    }

    /**
     * Casts each element; numbers lose their fraction on the way to {@code Long}. The result is a beginning of its own:
     * feedback on it doesn't reach this variable, as it does from what {@link #map} makes.
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
     * @throws IllegalStateException for a variable that isn't a leaf; {@link #detach()} gives its data without the
     *     graph
     */
    public Variable copy() {
        return copyInto(new Variable(value, requiresGrad));
    }

    final <V extends Variable> V copyInto(V copy) {
        if (!isLeaf()) {
            throw new IllegalStateException("The " + value.named() + " was made by " + gradFnName()
                    + ", and only leaves can be copied. Use detach() for a copy outside of the graph.");
        }
        copy.grad(grad().stream().map(Variable::detach).toList());
        return copy;
    }

    /**
     * Takes over data, role and {@code requiresGrad} of another variable; this one's gradients and place in the graph
     * stay.
     *
     * @param source where to copy from: a scalar for a scalar, a list of the same length for a list
     * @return this
     * @throws IllegalArgumentException where the shapes differ
     */
    @CanIgnoreReturnValue
    public final Variable copyFrom(Variable source) {
        Value taken = source.value;
        if (taken.isList() != value.isList() || taken.size() != value.size()) {
            throw new IllegalArgumentException(
                    "The " + value.named() + " is " + value.shape() + " and can't be copied from " + taken.shape()
                            + ": both must be scalars, or lists of the same length.");
        }
        replace(taken);
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
     * Adds in place, as {@code +=} does elsewhere: this variable stays the same object and takes over data, role,
     * {@code requiresGrad} and {@code gradFn} of the sum. Functions that saw it before keep what they saw; a leaf is
     * one no longer.
     *
     * @param other what to add, of the same shape
     * @return this
     */
    @CanIgnoreReturnValue
    public final Variable plusAssign(Variable other) {
        // A leaf's gradients aren't those of the sum that it becomes.
        Variable self = gradFn() == null ? new Variable(value, requiresGrad) : this;
        takeOver(new Add().apply(self, other == this ? self : other));
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
     * @return the parts, at least one; on a list of texts, part i is a list over the batch, short rows filled with
     *     {@code ""}
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

    @Override
    final Variable self() {
        return this;
    }
}
