package io.afnio4j.autodiff;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * One application of a {@link Function}. From forward to backward it keeps inputs and outputs as they were, anything
 * that was {@linkplain #save saved}, and the answers of a pass that did not succeed; all of it is given up once a pass
 * has succeeded, unless that pass retains the graph. To backward it says which inputs need a gradient, and it helps to
 * ask, to pass feedback on, and to tell those who watch.
 */
public final class FunctionContext extends ForwardRecord {

    private static final int NOT_NEEDED = Integer.MIN_VALUE;

    private final int[] forms; // of the gradients, by input

    private final @Nullable FunctionNode created; // the node whose pass creates a graph, null in all other passes
    private final @Nullable FunctionContext original; // what this is a view of, for one pass

    FunctionContext(List<Variable> variables) {
        super(variables);
        this.forms = new int[variables.size()];
        int i = 0;
        for (Variable variable : variables) {
            forms[i] = variable.requiresGrad() ? Gradients.form(input(i)) : NOT_NEEDED;
            i++;
        }
        this.created = null;
        this.original = null;
    }

    private FunctionContext(FunctionContext seen, @Nullable FunctionNode node, @Nullable BitSet leftOut) {
        super(seen);
        this.original = seen;
        this.forms = leftOut == null ? seen.forms : seen.forms.clone();
        if (leftOut != null) {
            leftOut.stream().forEach(input -> forms[input] = NOT_NEEDED);
        }
        this.created = node;
    }

    /**
     * The same for one pass.
     *
     * @param creating the node of this context, where the pass creates a graph
     * @param leftOut the inputs that need no gradient in this pass though they might have one; null where there are
     *     none
     */
    FunctionContext in(@Nullable FunctionNode creating, @Nullable BitSet leftOut) {
        return creating == null && leftOut == null ? this : new FunctionContext(this, creating, leftOut);
    }

    public int inputs() {
        return forms.length;
    }

    /**
     * Whether an input needs a gradient, in the pass that is under way.
     *
     * @param index which input, from 0
     * @return false where backward may return null for it: it doesn't require grad, or it leads to no leaf that the
     *     pass serves
     */
    public boolean needsInputGrad(int index) {
        return forms[index] != NOT_NEEDED;
    }

    /**
     * Whether the pass {@linkplain BackwardOptions#createGraph() creates a graph}, so that gradients should remember
     * what they were made from. {@link #relay} and {@link #tie} see to that by themselves, and so does every function
     * that backward applies to gradients and {@linkplain #inputVariable variables}.
     *
     * @return false by default
     */
    public boolean createsGraph() {
        return created != null;
    }

    /**
     * An input as forward saw it, as a variable: what functions make of it leads back to the input.
     *
     * @param index which one, from 0
     * @return a variable with the data and role of that time, watched where the pass creates a graph and the input
     *     needs a gradient
     */
    public Variable inputVariable(int index) {
        return new Variable(input(index), created == null ? GradientEdge.NONE : created.edge(index));
    }

    /**
     * An output as forward made it, as a variable: what functions make of it leads back to this function.
     *
     * @param index which one, from 0
     * @return a variable with the data and role of that time, watched where the pass creates a graph
     */
    public Variable outputVariable(int index) {
        return new Variable(output(index), created == null ? GradientEdge.NONE : new GradientEdge(created, index));
    }

    /**
     * Passes feedback on to an input under one line that says so. However often feedback is passed on, that line stands
     * in it once.
     *
     * @param index the input, from 0
     * @param gradient the feedback, null for none; numbers are passed on as they are
     * @return the gradient for the input, null for none or where the input needs none
     */
    public @Nullable Variable relay(int index, @Nullable Variable gradient) {
        if (gradient == null || !needsInputGrad(index)) {
            return null;
        }
        Variable relayed = RelayedGradient.of(gradient, input(index).role());
        return created == null ? relayed : tie(index, relayed, Collections.singletonList(gradient));
    }

    /**
     * Passes feedback on to all inputs that need it.
     *
     * @param gradient the feedback, null for none
     * @return one gradient per input, as {@link #relay} gives it
     */
    public List<@Nullable Variable> relayToAll(@Nullable Variable gradient) {
        List<@Nullable Variable> relayed = new ArrayList<>(inputs());
        for (int i = 0; i < inputs(); i++) {
            relayed.add(relay(i, gradient));
        }
        return relayed;
    }

    /**
     * Lets a gradient that backward wrote remember what it was written from, where the pass creates a graph: the input
     * that it is for and the gradients that came. Feedback on it is passed on to all of them.
     *
     * @param index the input that the gradient is for, from 0
     * @param gradient a new variable
     * @param from the gradients that it was written from, null where none came
     * @return the same gradient
     */
    @CanIgnoreReturnValue
    public Variable tie(int index, Variable gradient, List<? extends @Nullable Variable> from) {
        if (created == null) {
            return gradient;
        }
        List<Variable> sources = new ArrayList<>(from.size() + 1);
        for (Variable source : from) {
            if (source != null) {
                sources.add(source);
            }
        }
        sources.add(inputVariable(index));
        return Relay.tie(gradient, sources);
    }

    /**
     * What backward returns where there is nothing to say to any input.
     *
     * @return null for each input
     */
    public List<@Nullable Variable> noGradients() {
        return Collections.<@Nullable Variable>nCopies(inputs(), null);
    }

    /**
     * Asks once, as soon as the pass's {@linkplain BackwardOptions#maxConcurrency limit} lets it. Should the pass fail
     * or be cancelled before it is through, then the next pass over the same graph finds the answer here and does not
     * ask again; nothing that was paid for is lost.
     *
     * @param question what the answer depends on, all of it; compared with {@code equals}
     * @param ask asks; may ask once itself, which counts as one with it for the limit
     * @param <T> the answer's type
     * @return the kept answer, or else a new one
     */
    public <T> Mono<T> once(Object question, Mono<T> ask) {
        return new KeptAnswer<>(original == null ? this : original, question, ask);
    }

    /**
     * Tells whoever watches the pass that a piece of feedback has come, before the node is done with all of them.
     *
     * @param subscription the context of the subscription
     * @param index the input that the feedback is for, from 0
     * @param sample the place in the batch that it comes from, from 0
     * @param gradient the feedback
     */
    public void announce(ContextView subscription, int index, int sample, Variable gradient) {
        BackwardListener.tell(
                subscription,
                new BackwardEvent.FeedbackReceived(
                        input(index).role(), watchedLeaf(subscription, index), sample, gradient, Spent.NOTHING));
    }

    /**
     * The leaf that an input is, for those who tell whoever watches the pass of its feedback.
     *
     * @param subscription the context of the subscription
     * @param index the input, from 0
     * @return null where nobody watches, where the input needs no gradient, and where it is no leaf: variables in the
     *     middle of a graph aren't kept by it
     */
    public @Nullable Variable watchedLeaf(ContextView subscription, int index) {
        return PassWatch.leaf(subscription, original == null ? this : original, index);
    }

    /** The {@linkplain Gradients#form form} that a gradient for an input must have. */
    int form(int index) {
        return forms[index];
    }

    boolean needsAnyGrad() {
        for (int form : forms) {
            if (form != NOT_NEEDED) {
                return true;
            }
        }
        return false;
    }
}
