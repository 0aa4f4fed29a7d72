package io.afnio4j.ops;

import io.afnio4j.autodiff.FeedbackRole;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What all evaluators do with scores: make one of them, and see to it that only samples that failed get feedback.
 *
 * @param reduction how they become one
 * @param fullScore from which score on a sample needs no feedback
 * @param success when all is well, by all scores
 */
record Scoring(Reduction reduction, double fullScore, Predicate<List<Double>> success) {

    /** Added up; 1 is the full score; never well before all have it. */
    static final Scoring DEFAULTS = new Scoring(Reduction.SUM, 1.0, scores -> false);

    Scoring reduction(Reduction how) {
        return new Scoring(how, fullScore, success);
    }

    Scoring fullScore(double enough) {
        return new Scoring(reduction, enough, success);
    }

    Scoring success(Predicate<List<Double>> allIsWell) {
        return new Scoring(reduction, fullScore, allIsWell);
    }

    static void checkTarget(Variable prediction, Variable target) {
        boolean batch = prediction.value().isList() && target.size() == prediction.size();
        if (target.value().isList() && !batch) {
            throw new IllegalArgumentException(
                    "The target must be a scalar or have one element per prediction, but there are " + prediction.size()
                            + " predictions and " + target.size() + " targets.");
        }
    }

    static Variable targetFor(Variable prediction, Object target) {
        return new Variable(target, "expected " + prediction.role());
    }

    Object reduced(Value prediction, List<Double> scores) {
        return prediction.isList() ? reduction.of(scores) : Reduction.natural(scores.get(0));
    }

    /** As prompts and labels show a number. */
    static String text(Object score) {
        return new Value(score, "").text(0);
    }

    static List<Variable> outputs(Value prediction, Object score, String explanation) {
        return List.of(
                new Variable(score, "score of the " + prediction.role()),
                new Variable(explanation, "explanation of the score of the " + prediction.role()));
    }

    /** The feedback on the prediction, which is input 0: a text per sample that failed; null where there is none. */
    @Nullable Variable feedback(Value prediction, List<Double> scores, IntFunction<String> text) {
        if (success.test(new ArrayList<>(scores)) || scores.stream().allMatch(this::isFull)) {
            return null;
        }
        List<String> texts = new ArrayList<>(scores.size());
        for (int i = 0; i < scores.size(); i++) {
            texts.add(isFull(scores.get(i)) ? "" : text.apply(i).strip());
        }
        return new Variable(prediction.isList() ? texts : texts.get(0), FeedbackRole.of(prediction.role()));
    }

    private boolean isFull(double reached) {
        return reached >= fullScore;
    }

    /** What a gradient of score or explanation says of a sample; numbers say nothing. */
    static String remark(@Nullable Variable gradient, int sample) {
        return gradient == null || gradient.value().isNumeric()
                ? ""
                : gradient.value().text(sample);
    }

    /** The gradient for input 0, written from those that came; none for all others. */
    static List<@Nullable Variable> onlyFirst(
            FunctionContext context, @Nullable Variable gradient, List<@Nullable Variable> from) {
        List<@Nullable Variable> gradients = new ArrayList<>(context.noGradients());
        gradients.set(0, gradient == null ? null : context.tie(0, gradient, from));
        return gradients;
    }
}
