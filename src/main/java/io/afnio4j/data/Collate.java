package io.afnio4j.data;

import io.afnio4j.autodiff.Variable;
import java.util.List;
import java.util.Map;

/**
 * How samples become one batch. The ready ways join variables: one variable a batch, whose data are the list of the
 * samples' data, whose role is that of the first sample, and which doesn't require grad. For samples of another kind, a
 * record for example, write a function; {@code List::copyOf} leaves them as they are.
 *
 * <p>A function may be called by any thread, without side effects, and must not block.
 *
 * @param <S> a sample
 * @param <B> a batch
 */
@FunctionalInterface
public interface Collate<S, B> {

    /**
     * Joins samples.
     *
     * @param samples the samples in order, at least one
     * @return the batch
     * @throws IllegalArgumentException where they don't go together; the ready ways name the sample and what it holds
     */
    B collate(List<S> samples);

    /**
     * Samples that are one variable each: {@code Variable("a")}, {@code Variable("b")} become {@code Variable(["a",
     * "b"])}. A text beside a number, null or a list is refused.
     *
     * @return the function
     */
    static Collate<Variable, Variable> variables() {
        return (Columns<Variable, Variable>) VariableColumns::variables;
    }

    /**
     * Samples that are maps: joined name by name. All samples have the same names; the batch has them in the order of
     * the first.
     *
     * @return the function
     */
    static Collate<Map<String, Variable>, Map<String, Variable>> byName() {
        return (Columns<Map<String, Variable>, Map<String, Variable>>) VariableColumns::byName;
    }

    /**
     * Samples that are lists, such as a question beside its answer: joined position by position. All samples have the
     * same length.
     *
     * @return the function
     */
    static Collate<List<Variable>, List<Variable>> byPosition() {
        return (Columns<List<Variable>, List<Variable>>) VariableColumns::byPosition;
    }

    /**
     * Samples that are variables, maps and lists within each other, such as a question beside a list of its labels:
     * joined place by place. All samples have the same form, and so has the batch.
     *
     * @return the function
     */
    static Collate<Object, Object> nested() {
        return (Columns<Object, Object>) NestedColumns::join;
    }
}
