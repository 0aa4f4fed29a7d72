package io.afnio4j.autodiff;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link FunctionContext} that remembers: what forward saw and made, what it saved, and the answers of
 * passes that did not succeed. It is given up once a pass has succeeded, unless that pass retains the graph.
 */
abstract class ForwardRecord {

    static final String RELEASED =
            "A backward pass has been through this graph before and its saved values are given up. "
                    + "Use BackwardOptions.retainGraph(true) on every pass but the last.";

    // Plain, because whoever gets here came through the volatile edge of a variable, which was written after them.
    private Value @Nullable [] inputs;
    private Value @Nullable [] outputs;
    private @Nullable Object saved;

    private volatile @Nullable Map<Object, Object> answers; // made by the first answer, guarded by this

    ForwardRecord(List<Variable> variables) {
        this.inputs = values(variables);
    }

    /** The same once more, without the answers. */
    ForwardRecord(ForwardRecord seen) {
        this.inputs = seen.inputs;
        this.outputs = seen.outputs;
        this.saved = seen.saved;
    }

    /**
     * An input as forward saw it.
     *
     * @param index which one, from 0
     * @return its data and role at that time
     */
    public final Value input(int index) {
        return live(inputs)[index];
    }

    /**
     * An output as forward made it.
     *
     * @param index which one, from 0
     * @return its data and role at that time
     */
    public final Value output(int index) {
        return live(outputs)[index];
    }

    private Value[] live(Value @Nullable [] values) {
        if (values == null) {
            throw new IllegalStateException(
                    inputs == null ? RELEASED : "There are no outputs before forward has returned.");
        }
        return values;
    }

    /**
     * Keeps something of forward for backward. It should be immutable.
     *
     * @param value what to keep; replaces what was saved before
     */
    public final void save(Object value) {
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
    public final <T> T saved(Class<T> type) {
        Object value = saved;
        if (!type.isInstance(value)) {
            throw new IllegalStateException(
                    inputs == null ? RELEASED : "Forward saved no " + type.getSimpleName() + ".");
        }
        return type.cast(value);
    }

    final void outputs(List<Variable> variables) {
        this.outputs = values(variables);
    }

    private static Value[] values(List<Variable> variables) {
        Value[] values = new Value[variables.size()];
        int i = 0;
        for (Variable variable : variables) {
            values[i++] = variable.value();
        }
        return values;
    }

    /** The answer that is kept for a question, or null. */
    final @Nullable Object answer(Object question) {
        Map<Object, Object> kept = answers;
        Object found = kept == null ? null : kept.get(question);
        return found instanceof Shared shared ? shared.answer : found;
    }

    /** Keeps an answer, or a {@link Shared} one. */
    final synchronized void keep(Object question, Object answer) {
        Map<Object, Object> kept = answers;
        if (kept == null) {
            answers = Map.of(question, answer); // most nodes keep one
        } else if (kept.size() == 1) {
            Map<Object, Object> more = new ConcurrentHashMap<>(kept);
            more.put(question, answer);
            answers = more;
        } else {
            kept.put(question, answer);
        }
    }

    /** Tells of the answers that are kept to shared questions. */
    final void tellShared(BiConsumer<Object, Object> hearing) {
        Map<Object, Object> kept = answers;
        if (kept != null) {
            kept.values().forEach(each -> {
                if (each instanceof Shared shared) {
                    hearing.accept(shared.question, shared.answer);
                }
            });
        }
    }

    /** Gives up one answer: it was of no use. Another one that has taken its place stays. */
    final synchronized void forget(Object question, Object useless) {
        Map<Object, Object> kept = answers;
        if (kept != null && answer(question) == useless) {
            Map<Object, Object> others = new ConcurrentHashMap<>(kept);
            others.remove(question);
            answers = others.isEmpty() ? null : others;
        }
    }

    /** Gives up the answers: nobody will ask for them again. */
    final void forget() {
        if (answers != null) { // reading is cheap, and few nodes keep answers
            answers = null;
        }
    }

    /** Gives up everything. */
    final void release() {
        inputs = null;
        outputs = null;
        saved = null;
        forget();
    }

    /** An answer, and its question as other functions of a pass may have it, too. */
    record Shared(Object question, Object answer) {}
}
