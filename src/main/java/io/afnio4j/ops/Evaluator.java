package io.afnio4j.ops;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.prompt.Fence;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Judges predictions by a function of your own: no model is asked, neither forwards nor backwards.
 *
 * <p><b>Forward.</b> Each prediction is scored against its target; the scores are reduced, and an explanation says in words what was judged and how it
 * came out.
 *
 * <p><b>Backward.</b> The feedback to a prediction is written from the evaluation: its purpose, what came, what was meant, the score, and what the
 * user added. Samples with the full score get none, and where {@linkplain #succeedsWhen all is well} nobody does.
 *
 * <pre>{@code
 * Evaluator closeness = Evaluator.of("The year must be right within ten years.", (guess, truth) ->
 *         Math.abs(Integer.parseInt(guess) - Integer.parseInt(truth)) <= 10 ? 1 : 0);
 * Evaluation evaluation = closeness.evaluate(guess, new Variable("1789", "year of the event"));
 * }</pre>
 */
public final class Evaluator {

    private final String purpose;
    private final ToDoubleBiFunction<String, String> score;
    private final Reduction reduction;
    private final double fullScore;
    private final Predicate<List<Double>> success;

    private Evaluator(
            String purpose,
            ToDoubleBiFunction<String, String> score,
            Reduction reduction,
            double fullScore,
            Predicate<List<Double>> success) {
        this.purpose = purpose;
        this.score = score;
        this.reduction = reduction;
        this.fullScore = fullScore;
        this.success = success;
    }

    /**
     * Makes an evaluator; scores are added up and 1 is the full score.
     *
     * @param purpose what is judged, in a sentence: it stands in every explanation and every feedback
     * @param score gives the score of a prediction (first) against its target (second)
     * @return the evaluator
     */
    public static Evaluator of(String purpose, ToDoubleBiFunction<String, String> score) {
        return new Evaluator(purpose, score, Reduction.SUM, 1.0, scores -> false);
    }

    /**
     * Judges whether predictions are the very text of their targets: 1 or 0.
     *
     * @return the evaluator
     */
    public static Evaluator exactMatch() {
        return of(
                "The prediction must match the target exactly.",
                (prediction, target) -> prediction.equals(target) ? 1 : 0);
    }

    /**
     * Sets how the scores of a batch become one.
     *
     * @param how the reduction
     * @return a copy with this reduction
     */
    public Evaluator reducedBy(Reduction how) {
        return new Evaluator(purpose, score, how, fullScore, success);
    }

    /**
     * Sets the score from which on a sample needs no feedback.
     *
     * @param enough the full score
     * @return a copy with this full score
     */
    public Evaluator fullScore(double enough) {
        return new Evaluator(purpose, score, reduction, enough, success);
    }

    /**
     * Sets when all is well, so that backward asks for nothing.
     *
     * @param allIsWell decides by all scores, one per sample
     * @return a copy with this rule
     */
    public Evaluator succeedsWhen(Predicate<List<Double>> allIsWell) {
        return new Evaluator(purpose, score, reduction, fullScore, allIsWell);
    }

    /**
     * Judges.
     *
     * @param prediction what came: a text, or a list of texts
     * @param target what was meant: of the same shape, or a scalar that holds for all samples
     * @return score and explanation
     * @throws IllegalArgumentException where the shapes don't fit
     */
    public Evaluation evaluate(Variable prediction, Variable target) {
        boolean batch = prediction.value().isList() && target.size() == prediction.size();
        if (target.value().isList() && !batch) {
            throw new IllegalArgumentException(
                    "The target must be a scalar or have one element per prediction, but there are " + prediction.size()
                            + " predictions and " + target.size() + " targets.");
        }
        return Evaluation.of(new Judgement().applyAll(List.of(prediction, target)));
    }

    /**
     * Judges against a target that is no variable.
     *
     * @param prediction what came
     * @param target what was meant
     * @return score and explanation
     */
    public Evaluation evaluate(Variable prediction, String target) {
        return evaluate(prediction, new Variable(target, "expected " + prediction.role()));
    }

    /** One application of the evaluator: inputs are prediction and target, outputs are score and explanation. */
    private final class Judgement extends PureFunction {

        @Override
        protected String name() {
            return "Evaluator";
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            Value prediction = context.input(0);
            Value target = context.input(1);
            List<Double> scores = new ArrayList<>(prediction.size());
            for (int i = 0; i < prediction.size(); i++) {
                scores.add(score.applyAsDouble(prediction.text(i), target.text(i)));
            }
            context.save(new Scores(scores));
            Object reduced = prediction.isList() ? reduction.of(scores) : Numbers.natural(scores.get(0));
            return List.of(
                    new Variable(reduced, "score of the " + prediction.role()),
                    new Variable(
                            explain(prediction, target, reduced),
                            "explanation of the score of the " + prediction.role()));
        }

        private String explain(Value prediction, Value target, Object reduced) {
            if (prediction.isList()) {
                return Wording.EVALUATION_BATCH.with(
                        "purpose", purpose,
                        "reduction", reduction.words(),
                        "count", String.valueOf(prediction.size()),
                        "prediction_role", prediction.role(),
                        "score", reduced.toString());
            }
            return Wording.EVALUATION_ONE.with(
                    "purpose", purpose,
                    "prediction_role", prediction.role(),
                    "prediction", Fence.around("prediction", prediction.text(0)),
                    "target", Fence.around("target", target.text(0)),
                    "score", reduced.toString());
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            Value prediction = context.input(0);
            List<Double> scores = context.saved(Scores.class).bySample;
            if (success.test(scores) || scores.stream().allMatch(this::isFull)) {
                return Mono.just(context.noGradients());
            }
            Variable remark = gradients.get(1) == null ? gradients.get(0) : gradients.get(1);
            List<String> texts = new ArrayList<>(scores.size());
            for (int i = 0; i < scores.size(); i++) {
                texts.add(isFull(scores.get(i)) ? "" : feedback(context, i, scores.get(i), remark));
            }
            Object data = prediction.isList() ? texts : texts.get(0);
            Variable gradient = new Variable(data, "feedback to " + prediction.role());
            return Mono.just(Arrays.<@Nullable Variable>asList(context.tie(0, gradient, gradients), null));
        }

        private boolean isFull(double reached) {
            return reached >= fullScore;
        }

        private String feedback(FunctionContext context, int sample, double reached, @Nullable Variable remark) {
            String added = remark == null
                            || remark.value().isNumeric()
                            || remark.value().isList()
                    ? ""
                    : remark.text();
            return Wording.EVALUATION_FEEDBACK
                    .with(
                            "purpose", purpose,
                            "prediction_role", context.input(0).role(),
                            "score", Numbers.natural(reached).toString(),
                            "prediction",
                                    Fence.around("prediction", context.input(0).text(sample)),
                            "target", Fence.around("target", context.input(1).text(sample)),
                            "explanation", added)
                    .strip();
        }
    }

    private record Scores(List<Double> bySample) {}
}
