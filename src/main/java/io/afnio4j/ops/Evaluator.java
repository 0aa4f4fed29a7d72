package io.afnio4j.ops;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.prompt.Fence;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Judges predictions by a function of your own: no model is asked, neither forwards nor backwards.
 *
 * <p><b>Forward.</b> Each prediction is scored against its target; the scores are reduced, and an explanation says in
 * words what was judged and how it came out.
 *
 * <p><b>Backward.</b> The feedback to a prediction is written from the evaluation: its purpose, what came, what was
 * meant, the score, and what the user added. Samples with the full score get none, and where {@linkplain #succeedsWhen
 * all is well} nobody does.
 *
 * <pre>{@code
 * Evaluator closeness = Evaluator.of("The year must be right within ten years.", (guess, truth) ->
 *         guess.matches("\\d{1,4}") && Math.abs(Integer.parseInt(guess) - Integer.parseInt(truth)) <= 10 ? 1 : 0);
 * Evaluation evaluation = closeness.evaluate(guess, new Variable("1789", "year of the event"));
 * }</pre>
 */
public final class Evaluator {

    private final String purpose;
    private final ToDoubleBiFunction<String, String> score;
    private final Scoring scoring;

    private Evaluator(String purpose, ToDoubleBiFunction<String, String> score, Scoring scoring) {
        this.purpose = purpose;
        this.score = score;
        this.scoring = scoring;
    }

    /**
     * Makes an evaluator; scores are added up and 1 is the full score.
     *
     * @param purpose what is judged, in a sentence: it stands in every explanation and every feedback
     * @param score gives the score of a prediction (first) against its target (second)
     * @return the evaluator
     */
    public static Evaluator of(String purpose, ToDoubleBiFunction<String, String> score) {
        return new Evaluator(purpose, score, Scoring.DEFAULTS);
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
        return new Evaluator(purpose, score, scoring.reduction(how));
    }

    /**
     * Sets the score from which on a sample needs no feedback.
     *
     * @param enough the full score
     * @return a copy with this full score
     */
    public Evaluator fullScore(double enough) {
        return new Evaluator(purpose, score, scoring.fullScore(enough));
    }

    /**
     * Sets when all is well, so that backward asks for nothing.
     *
     * @param allIsWell decides by all scores, one per sample
     * @return a copy with this rule
     */
    public Evaluator succeedsWhen(Predicate<List<Double>> allIsWell) {
        return new Evaluator(purpose, score, scoring.success(allIsWell));
    }

    /**
     * Judges.
     *
     * @param prediction what came: a text, or a list of texts
     * @param target what was meant: of the same shape, or a scalar that holds for all samples
     * @return score and explanation
     * @throws IllegalArgumentException where the shapes don't fit
     * @throws IllegalStateException where the function throws or gives NaN; names the sample
     */
    public Evaluation evaluate(Variable prediction, Variable target) {
        Scoring.checkTarget(prediction, target);
        Judgement judgement = new Judgement();
        List<Variable> outputs = judgement.applyAll(List.of(prediction, target));
        return Evaluation.of(outputs, judgement.scores);
    }

    /**
     * Judges against a target that is no variable.
     *
     * @param prediction what came
     * @param target what was meant
     * @return score and explanation
     */
    public Evaluation evaluate(Variable prediction, String target) {
        return evaluate(prediction, Scoring.targetFor(prediction, target));
    }

    /**
     * Judges a batch against targets that are no variable.
     *
     * @param prediction what came: a list
     * @param targets what was meant, one text per prediction
     * @return score and explanation
     */
    public Evaluation evaluate(Variable prediction, List<String> targets) {
        return evaluate(prediction, Scoring.targetFor(prediction, targets));
    }

    /** One application of the evaluator: inputs are prediction and target, outputs are score and explanation. */
    private final class Judgement extends PureFunction {

        private List<Double> scores = List.of(); // of the one application

        @Override
        protected String name() {
            return "Evaluator";
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            Value prediction = context.input(0);
            Value target = context.input(1);
            List<Double> found = new ArrayList<>(prediction.size());
            for (int i = 0; i < prediction.size(); i++) {
                found.add(scored(i, prediction.text(i), target.text(i)));
            }
            this.scores = List.copyOf(found);
            Object reduced = scoring.reduced(prediction, scores);
            return Scoring.outputs(prediction, reduced, explain(prediction, target, reduced));
        }

        private double scored(int sample, String prediction, String target) {
            double scored;
            try {
                scored = score.applyAsDouble(prediction, target);
            } catch (RuntimeException failed) {
                String reason = Objects.requireNonNullElse(
                        failed.getMessage(), failed.getClass().getSimpleName());
                throw unscored(sample, "can't be told (" + reason + ")", failed);
            }
            if (Double.isNaN(scored)) {
                throw unscored(sample, "is not a number (NaN)", null);
            }
            return scored;
        }

        private IllegalStateException unscored(int sample, String problem, @Nullable RuntimeException cause) {
            return new IllegalStateException(
                    "The score of sample " + sample + " " + problem + ". Predictions can be anything: let the evaluator"
                            + " give each a number, be it 0. Its purpose is: " + purpose,
                    cause);
        }

        private String explain(Value prediction, Value target, Object reduced) {
            if (prediction.isList()) {
                return Wording.EVALUATION_BATCH.with(
                        "purpose", purpose,
                        "reduction", scoring.reduction().name(),
                        "reduction_purpose", scoring.reduction().purpose(),
                        "count", String.valueOf(prediction.size()),
                        "prediction_role", prediction.role(),
                        "score", Scoring.text(reduced));
            }
            return Wording.EVALUATION_ONE.with(
                    "purpose", purpose,
                    "prediction_role", prediction.role(),
                    "prediction", Fence.of("prediction", prediction.text(0)),
                    "target", Fence.of("target", target.text(0)),
                    "score", Scoring.text(reduced));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            Variable remark = gradients.get(1) == null ? gradients.get(0) : gradients.get(1);
            Variable gradient = scoring.feedback(context.input(0), scores, i -> feedback(context, i, remark));
            return Mono.just(Scoring.onlyFirst(context, gradient, gradients));
        }

        private String feedback(FunctionContext context, int sample, @Nullable Variable remark) {
            return Wording.EVALUATION_FEEDBACK.with(
                    "purpose", purpose,
                    "prediction_role", context.input(0).role(),
                    "score", Scoring.text(scores.get(sample)),
                    "prediction", Fence.of("prediction", context.input(0).text(sample)),
                    "target", Fence.of("target", context.input(1).text(sample)),
                    "explanation", Scoring.remark(remark, sample));
        }
    }
}
