package io.afnio4j.autodiff;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * What one application of a {@link Function} keeps from its forward for its backward: inputs and outputs as they were then, anything
 * that was {@linkplain #save saved}, and the answers of a pass that did not succeed. All of it is given up once a pass has succeeded, unless that
 * pass retains the graph.
 */
public final class FunctionContext {

    private static final int NOT_NEEDED = Integer.MIN_VALUE;

    private final int[] forms; // of the gradients, by input

    // Plain, because whoever gets here came through the volatile edge of a variable, which was written after them.
    private Value @Nullable [] inputs;
    private Value @Nullable [] outputs;
    private @Nullable Object saved;

    private volatile boolean released;
    private volatile @Nullable Map<Object, Object> answers; // made by the first answer, guarded by this

    FunctionContext(List<Variable> variables) {
        this.forms = new int[variables.size()];
        Value[] seen = new Value[variables.size()];
        int i = 0;
        for (Variable variable : variables) {
            Value value = variable.value();
            seen[i] = value;
            forms[i++] = variable.requiresGrad() ? Gradients.form(value) : NOT_NEEDED;
        }
        this.inputs = seen;
    }

    /**
     * An input as forward saw it.
     *
     * @param index which one, from 0
     * @return its data and role at that time
     */
    public Value input(int index) {
        return live(inputs)[index];
    }

    /**
     * An output as forward made it.
     *
     * @param index which one, from 0
     * @return its data and role at that time
     */
    public Value output(int index) {
        return live(outputs)[index];
    }

    public int inputs() {
        return forms.length;
    }

    /**
     * Whether an input needs a gradient.
     *
     * @param index which input, from 0
     * @return false where backward may return null for it
     */
    public boolean needsInputGrad(int index) {
        return forms[index] != NOT_NEEDED;
    }

    /**
     * Keeps something of forward for backward. It should be immutable.
     *
     * @param value what to keep; replaces what was saved before
     */
    public void save(Object value) {
        this.saved = value;
    }

    /**
     * What forward saved.
     *
     * @param type its type
     * @param <T> its type
     * @return the saved object
     * @throws IllegalStateException where there is nothing of this type
     */
    public <T> T saved(Class<T> type) {
        Object value = saved;
        if (!type.isInstance(value)) {
            throw new IllegalStateException(released ? RELEASED : "Forward saved no " + type.getSimpleName() + ".");
        }
        return type.cast(value);
    }

    /**
     * Passes feedback on to an input under one line that says so. However often feedback is passed on, that line stands in it once.
     *
     * @param index the input, from 0
     * @param gradient the feedback, null for none; numbers are passed on as they are
     * @return the gradient for the input, null for none or where the input needs none
     */
    public @Nullable Variable relay(int index, @Nullable Variable gradient) {
        return gradient == null || !needsInputGrad(index)
                ? null
                : RelayedGradient.of(gradient, input(index).role());
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
     * Asks once. Should the pass fail or be cancelled before it is through, then the next pass over the same graph finds the answer here
     * and does not ask again; nothing that was paid for is lost.
     *
     * @param question what the answer depends on, all of it; compared with {@code equals}
     * @param ask asks
     * @param <T> the answer's type
     * @return the kept answer, or else a new one
     */
    public <T> Mono<T> once(Object question, Mono<T> ask) {
        return Mono.defer(() -> {
            Map<Object, Object> kept = answers;
            @SuppressWarnings("unchecked") // only the line below puts anything in
            T answer = kept == null ? null : (T) kept.get(question);
            return answer != null ? Mono.just(answer) : ask.doOnNext(found -> keep(question, found));
        });
    }

    /**
     * Whether anybody watches the pass.
     *
     * @param subscription the context of the subscription
     * @return false where {@link #announce} would tell nobody
     */
    public static boolean isWatched(ContextView subscription) {
        return subscription.hasKey(BackwardListener.class);
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
        BackwardListener listener = subscription.getOrDefault(BackwardListener.class, null);
        if (listener != null) {
            listener.on(new BackwardEvent.FeedbackReceived(input(index).role(), sample, gradient));
        }
    }

    static final String RELEASED =
            "A backward pass has been through this graph before and its saved values are given up. "
                    + "Use BackwardOptions.retainGraph(true) on every pass but the last.";

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

    void outputs(List<Variable> variables) {
        Value[] made = new Value[variables.size()];
        for (int i = 0; i < made.length; i++) {
            made[i] = variables.get(i).value();
        }
        this.outputs = made;
    }

    boolean isReleased() {
        return released;
    }

    void release() {
        inputs = null;
        outputs = null;
        saved = null;
        forget();
        released = true;
    }

    void forget() {
        if (answers != null) { // reading is cheap, and few nodes keep answers
            answers = null;
        }
    }

    private synchronized void keep(Object question, Object answer) {
        Map<Object, Object> kept = answers;
        if (kept == null) {
            answers = Map.of(question, answer); // most nodes keep one
            return;
        }
        if (kept.size() == 1) {
            kept = new ConcurrentHashMap<>(kept);
            answers = kept;
        }
        kept.put(question, answer);
    }

    private Value[] live(Value @Nullable [] values) {
        if (values == null) {
            throw new IllegalStateException(released ? RELEASED : "There are no outputs before forward has returned.");
        }
        return values;
    }
}
