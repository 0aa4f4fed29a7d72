package io.afnio4j.cognitive;

import io.afnio4j.autodiff.FeedbackRole;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Takes batches apart and puts them together again without leaving the graph, so that a program that was written for
 * one sample can serve a batch:
 *
 * <pre>{@code
 * Batch.map(questions, MapOver.of(agent::forward).concurrency(16)) // Mono<Variable>: the list of answers
 * }</pre>
 *
 * <p>Feedback travels with its sample. Samples that receive none cost nothing further up.
 */
public final class Batch {

    private Batch() {}

    /**
     * Takes a list apart.
     *
     * @param batch a list
     * @return a scalar per element, with the role of the list
     * @throws IllegalArgumentException for a scalar or an empty list
     */
    public static List<Variable> unbind(Variable batch) {
        if (!batch.value().isList() || batch.size() == 0) {
            throw new IllegalArgumentException(
                    "Only a list of at least one element can be taken apart, not " + batch + ".");
        }
        return new Unbind().applyAll(List.of(batch));
    }

    /**
     * Makes a list of scalars.
     *
     * @param samples at least one; all texts or all numbers
     * @return the list, with the role of the first sample
     * @throws IllegalArgumentException where one is a list, or texts and numbers are mixed
     */
    public static Variable stack(List<Variable> samples) {
        for (Variable sample : samples) {
            if (sample.value().isList()) {
                throw new IllegalArgumentException("Only scalars can be stacked, not " + sample + ".");
            }
        }
        return new Stack().applyAll(samples).get(0);
    }

    /**
     * Runs a step for each sample of a batch.
     *
     * @param batch a list
     * @param step makes a scalar from a scalar
     * @return the list of results, one per sample
     * @throws IllegalArgumentException for a scalar or an empty list
     */
    public static Mono<Variable> map(Variable batch, MapOver<Variable, Variable> step) {
        return step.over(unbind(batch)).map(Batch::stack);
    }

    /**
     * Its backward is a stack of the gradients, and that of a stack takes the gradient apart, so that where a pass
     * creates a graph each sample's feedback remembers its own.
     */
    private static final class Unbind extends PureFunction {

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            Value batch = context.input(0);
            List<Variable> samples = new ArrayList<>(batch.size());
            batch.elements().forEach(element -> samples.add(new Variable(element, batch.role())));
            return samples;
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            boolean numeric = gradients.stream()
                    .allMatch(gradient -> gradient == null || gradient.value().isNumeric());
            String role = FeedbackRole.of(context.input(0).role());
            List<Variable> aligned = new ArrayList<>(gradients.size());
            for (Variable gradient : gradients) {
                if (gradient == null) {
                    aligned.add(new Variable(numeric ? (Object) 0L : "", role));
                } else {
                    aligned.add(
                            numeric || !gradient.value().isNumeric()
                                    ? gradient
                                    : gradient.to(String.class).detach());
                }
            }
            Variable stacked = new Stack().applyAll(aligned).get(0);
            stacked.role(role);
            return Mono.just(List.of(stacked));
        }
    }

    private static final class Stack extends PureFunction {

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            List<@Nullable Object> elements = new ArrayList<>(inputs.size());
            for (int i = 0; i < context.inputs(); i++) {
                elements.add(context.input(i).data());
            }
            return List.of(new Variable(elements, context.input(0).role()));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            Variable gradient = gradients.get(0);
            if (gradient == null) {
                return Mono.just(context.noGradients());
            }
            List<Variable> bySample = new Unbind().applyAll(List.of(gradient));
            List<@Nullable Variable> each = new ArrayList<>(context.inputs());
            for (int i = 0; i < context.inputs(); i++) {
                Variable one = bySample.get(i);
                one.role(FeedbackRole.of(context.input(i).role()));
                each.add(!context.needsInputGrad(i) || one.text().isBlank() ? null : one);
            }
            return Mono.just(each);
        }
    }
}
