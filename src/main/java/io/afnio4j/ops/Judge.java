package io.afnio4j.ops;

import io.afnio4j.autodiff.FeedbackRole;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.ReactiveFunction;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.prompt.Fence;
import io.afnio4j.prompt.Wording;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Judges predictions by asking a model.
 *
 * <p><b>Forward.</b> The messages have the places <code>{prediction}</code> and <code>{target}</code> beside those of
 * the inputs, and are sent once per sample. The model is told to answer with a JSON object of {@code explanation} and
 * {@code score}, by words and by a JSON schema; an answer that can't be read is sent back once.
 *
 * <p><b>Backward.</b> In eval mode, the default, the judge is believed: feedback on the prediction is written from what
 * it said, without a call, for samples below the full score. Out of eval mode the judge itself is what is learnt: what
 * the user says of its score or explanation becomes, by calls of the backward client, feedback on its messages and
 * inputs, and the prediction gets none.
 *
 * <pre>{@code
 * Judge judge = Judge.of(model, List.of(Message.user(new Variable(
 *         "Is this summary faithful to the article? 0 for no, 1 for yes.\n{article}\n{prediction}", "question to the judge"))));
 * Mono<Evaluation> judged = judge.inputs(Inputs.of("article", article)).evaluate(summary);
 * }</pre>
 */
public final class Judge {

    private final JudgeQuestion question;
    private final Scoring scoring;
    private final boolean evalMode;

    private Judge(JudgeQuestion question, Scoring scoring, boolean evalMode) {
        this.question = question;
        this.scoring = scoring;
        this.evalMode = evalMode;
    }

    /**
     * Makes a judge; scores are added up and 1 is the full score.
     *
     * @param model who judges
     * @param messages what is asked, with a place <code>{prediction}</code>
     * @return the judge
     */
    public static Judge of(ChatModel model, List<Message> messages) {
        MultiTurnMessages turns = MultiTurnMessages.copyOf(messages);
        JudgeQuestion question = new JudgeQuestion(model, turns, Inputs.NONE, JudgeQuestion.AS_JSON);
        return new Judge(question, Scoring.DEFAULTS, true);
    }

    /**
     * Adds what fills the other places of the messages.
     *
     * @param values the inputs, none named {@code prediction} or {@code target}; one whose name is there already takes
     *     its place
     * @return a copy with these inputs as well
     */
    public Judge inputs(Inputs values) {
        return new Judge(question.inputs(values), scoring, evalMode);
    }

    /**
     * Sets how the model is to answer. {@code NONE.responseFormat(ResponseFormat.text())} leaves it at words.
     *
     * @param completion temperature, limits, or another response format than the judge's own
     * @return a copy with these options
     */
    public Judge with(CompletionOptions completion) {
        return new Judge(question.with(completion), scoring, evalMode);
    }

    /** As {@link Evaluator#reducedBy}. */
    public Judge reducedBy(Reduction how) {
        return new Judge(question, scoring.reduction(how), evalMode);
    }

    /** As {@link Evaluator#fullScore}. */
    public Judge fullScore(double enough) {
        return new Judge(question, scoring.fullScore(enough), evalMode);
    }

    /** As {@link Evaluator#succeedsWhen}. */
    public Judge succeedsWhen(Predicate<List<Double>> allIsWell) {
        return new Judge(question, scoring.success(allIsWell), evalMode);
    }

    /**
     * Sets who gets the feedback. Default: true.
     *
     * @param believed true for the prediction, false for the judge's own messages and inputs
     * @return a copy with this mode
     */
    public Judge evalMode(boolean believed) {
        return new Judge(question, scoring, believed);
    }

    /**
     * Judges without a target.
     *
     * @param prediction what came: a text, or a list of texts
     * @return score and explanation; fails with an {@link IllegalArgumentException} before any call where a place is
     *     missing, and with an {@link io.afnio4j.error.AfnioException} where a call fails or an answer can't be read
     */
    public Mono<Evaluation> evaluate(Variable prediction) {
        return judge(prediction, null);
    }

    /**
     * Judges against a target.
     *
     * @param prediction what came: a text, or a list of texts
     * @param target what was meant: of the same shape, or a scalar that holds for all samples
     * @return as {@link #evaluate(Variable)}
     * @throws IllegalArgumentException where the shapes don't fit
     */
    public Mono<Evaluation> evaluate(Variable prediction, Variable target) {
        Scoring.checkTarget(prediction, target);
        return judge(prediction, target);
    }

    /** As {@link #evaluate(Variable, Variable)}, with a target that is no variable. */
    public Mono<Evaluation> evaluate(Variable prediction, String target) {
        return evaluate(prediction, Scoring.targetFor(prediction, target));
    }

    /** As {@link #evaluate(Variable, Variable)}, with targets that are no variable. */
    public Mono<Evaluation> evaluate(Variable prediction, List<String> targets) {
        return evaluate(prediction, Scoring.targetFor(prediction, targets));
    }

    private Mono<Evaluation> judge(Variable prediction, @Nullable Variable target) {
        question.checkBatch(prediction);
        Mono<Evaluation> judged = evalMode
                ? Mono.defer(() -> new Believed(target != null).of(prediction, target))
                : Mono.defer(() -> questioned(prediction, target));
        return GradMode.isEnabled() ? judged : GradMode.noGrad(judged);
    }

    private Mono<Evaluation> questioned(Variable prediction, @Nullable Variable target) {
        Value seen = prediction.value();
        return question.ask(seen, target == null ? null : target.value()).flatMap(answer -> {
            Questioned reading = new Questioned(seen, verdicts(answer));
            return reading.applyAll(List.of(answer)).map(outputs -> Evaluation.of(outputs, scores(reading.verdicts)));
        });
    }

    private static List<Verdict> verdicts(Variable answer) {
        return answer.texts().stream().map(Verdict::parse).toList();
    }

    private static List<Double> scores(List<Verdict> verdicts) {
        return verdicts.stream().map(Verdict::score).toList();
    }

    private List<Variable> outputs(Value prediction, List<Verdict> verdicts) {
        Object score = scoring.reduced(prediction, scores(verdicts));
        if (!prediction.isList()) {
            return Scoring.outputs(prediction, score, verdicts.get(0).explanation());
        }
        String explanations = verdicts.stream()
                .map(verdict -> Fence.around("explanation", verdict.explanation()))
                .collect(Collectors.joining("\n"));
        String explanation = Wording.JUDGE_BATCH.with(
                "count", String.valueOf(verdicts.size()),
                "prediction_role", prediction.role(),
                "reduction", scoring.reduction().name(),
                "reduction_purpose", scoring.reduction().purpose(),
                "score", Scoring.text(score),
                "explanations", explanations);
        return Scoring.outputs(prediction, score, explanation);
    }

    /** Eval mode, once: inputs are the prediction and, where there is one, the target. */
    private final class Believed extends ReactiveFunction {

        private final boolean hasTarget;
        private volatile List<Verdict> verdicts = List.of(); // of the one application

        private Believed(boolean hasTarget) {
            this.hasTarget = hasTarget;
        }

        private Mono<Evaluation> of(Variable prediction, @Nullable Variable target) {
            List<Variable> given = target == null ? List.of(prediction) : List.of(prediction, target);
            return applyAll(given).map(outputs -> Evaluation.of(outputs, scores(verdicts)));
        }

        @Override
        protected String name() {
            return "Judge";
        }

        @Override
        protected Mono<List<Variable>> forward(FunctionContext context, List<Variable> given) {
            Value prediction = context.input(0);
            return GradMode.noGrad(question.ask(prediction, hasTarget ? context.input(1) : null))
                    .map(answer -> {
                        this.verdicts = Judge.verdicts(answer);
                        return outputs(prediction, verdicts);
                    });
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            Variable remark = gradients.get(1) == null ? gradients.get(0) : gradients.get(1);
            Variable gradient = scoring.feedback(context.input(0), scores(verdicts), i -> feedback(context, i, remark));
            return Mono.just(Scoring.onlyFirst(context, gradient, gradients));
        }

        private String feedback(FunctionContext context, int sample, @Nullable Variable remark) {
            String target = hasTarget
                    ? Wording.JUDGE_TARGET.with(
                            "target", Fence.of("target", context.input(1).text(sample)))
                    : "";
            return Wording.JUDGE_FEEDBACK.with(
                    "prediction_role", context.input(0).role(),
                    "score", Scoring.text(verdicts.get(sample).score()),
                    "prediction", Fence.of("prediction", context.input(0).text(sample)),
                    "target", target,
                    "explanation", Fence.of("explanation", verdicts.get(sample).explanation()),
                    "remark", Scoring.remark(remark, sample));
        }
    }

    /** Out of eval mode: reads the answer, and passes on what is said of score and explanation. */
    private final class Questioned extends ReactiveFunction {

        private final Value prediction;
        private final List<Verdict> verdicts;

        private Questioned(Value prediction, List<Verdict> verdicts) {
            this.prediction = prediction;
            this.verdicts = verdicts;
        }

        @Override
        protected String name() {
            return "Judge";
        }

        @Override
        protected Mono<List<Variable>> forward(FunctionContext context, List<Variable> given) {
            return Mono.just(outputs(prediction, verdicts));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            List<String> texts = IntStream.range(0, verdicts.size())
                    .mapToObj(i -> gradients.stream()
                            .map(gradient -> Scoring.remark(gradient, i))
                            .filter(text -> !text.isBlank())
                            .collect(Collectors.joining("\n")))
                    .toList();
            if (texts.stream().allMatch(String::isBlank)) {
                return Mono.just(context.noGradients());
            }
            Value answer = context.input(0);
            Variable gradient = new Variable(answer.isList() ? texts : texts.get(0), FeedbackRole.of(answer.role()));
            return Mono.just(Scoring.onlyFirst(context, gradient, gradients));
        }
    }
}
