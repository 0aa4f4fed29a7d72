package io.afnio4j.cognitive;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluation;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.ops.Judge;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * All functions in one place, for a static import: those of {@link Variable}, {@link ChatCompletion} and the
 * evaluators, with their defaults. Whoever wants other settings takes the classes themselves.
 */
public final class Functional {

    private Functional() {}

    /** As {@link Variable#plus}. */
    public static Variable add(Variable a, Variable b) {
        return a.plus(b);
    }

    /** As {@link Variable#sum}. */
    public static Variable sum(List<Variable> variables) {
        return Variable.sum(variables);
    }

    /** As {@link Variable#split(String)}. */
    public static List<Variable> split(Variable text, String separator) {
        return text.split(separator);
    }

    /** As {@link Variable#split(String, int)}. */
    public static List<Variable> split(Variable text, String separator, int maxSplit) {
        return text.split(separator, maxSplit);
    }

    /** As {@link Variable#upper}. */
    public static Variable upper(Variable text) {
        return text.upper();
    }

    /** As {@link Variable#map}. */
    public static Variable map(Variable text, UnaryOperator<String> change, String role) {
        return text.map(change, role);
    }

    /** As {@link ChatCompletion}, by the model's own defaults. */
    public static Mono<Variable> chatCompletion(ChatModel model, List<Message> messages, Inputs inputs) {
        return ChatCompletion.of(model, messages, inputs).run();
    }

    /** As {@link ChatCompletion}. */
    public static Mono<Variable> chatCompletion(
            ChatModel model, List<Message> messages, Inputs inputs, CompletionOptions options) {
        return ChatCompletion.of(model, messages, inputs).with(options).run();
    }

    /** As {@link Evaluator#exactMatch}: scores are added up. */
    public static Evaluation exactMatchEvaluator(Variable prediction, Variable target) {
        return Evaluator.exactMatch().evaluate(prediction, target);
    }

    /** As {@link Evaluator#of}: scores are added up, 1 is the full score. */
    public static Evaluation deterministicEvaluator(
            Variable prediction, Variable target, String purpose, ToDoubleBiFunction<String, String> score) {
        return Evaluator.of(purpose, score).evaluate(prediction, target);
    }

    /** As {@link Judge}: in eval mode, scores are added up, 1 is the full score. */
    public static Mono<Evaluation> lmJudgeEvaluator(
            ChatModel model, List<Message> messages, Inputs inputs, Variable prediction, Variable target) {
        return Judge.of(model, messages).inputs(inputs).evaluate(prediction, target);
    }
}
