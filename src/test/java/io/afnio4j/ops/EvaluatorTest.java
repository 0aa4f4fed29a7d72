package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.Variable;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

    private final Evaluator exact = Evaluator.exactMatch();

    private static Variable prediction(Object data) {
        return new Variable(data, "answer", true);
    }

    @Test
    void exactMatchScoresOneOrZero() {
        assertThat(exact.evaluate(prediction("a"), "a").score().data()).isEqualTo(1L);
        assertThat(exact.evaluate(prediction("a"), "b").score().data()).isEqualTo(0L);
    }

    @Test
    void aNumberIsMatchedWhateverNumbersStandBesideItInItsBatch() {
        Variable whole = new Variable(List.<Number>of(3, 4), "stars");
        Variable mixed = new Variable(List.<Number>of(3, 3.5), "stars");

        assertThat(exact.evaluate(prediction(List.of("3", "4")), whole).score().data())
                .isEqualTo(2L);
        assertThat(exact.evaluate(prediction(List.of("3", "3.5")), mixed)
                        .score()
                        .data())
                .isEqualTo(2L);
    }

    @Test
    void scoresOfABatchAreAddedUpUnlessToldOtherwise() {
        Variable predictions = prediction(List.of("a", "b", "c"));
        Variable targets = new Variable(List.of("a", "x", "c"), "targets");

        assertThat(exact.evaluate(predictions, targets).score().data()).isEqualTo(2L);
        assertThat(exact.reducedBy(Reduction.MEAN)
                        .evaluate(predictions, targets)
                        .score()
                        .data())
                .isEqualTo(2.0 / 3);
        assertThat(exact.reducedBy(Reduction.NONE)
                        .evaluate(predictions, targets)
                        .score()
                        .data())
                .isEqualTo(List.of(1L, 0L, 1L));
    }

    @Test
    void aReductionOfTheUsersIsNamedWithItsPurpose() {
        Reduction worst = Reduction.of(
                "minimum",
                "to see the worst sample",
                scores -> scores.stream().mapToDouble(Double::doubleValue).min().orElse(0));

        Evaluation evaluation = exact.reducedBy(worst).evaluate(prediction(List.of("a", "b")), List.of("a", "x"));

        assertThat(evaluation.score().data()).isEqualTo(0L);
        assertThat(evaluation.scores()).containsExactly(1.0, 0.0);
        assertThat(evaluation.explanation().text())
                .isEqualTo(
                        "The prediction must match the target exactly. The minimum of the scores over 2 samples of the"
                                + " answer, taken to see the worst sample, is 0.");
    }

    @Test
    void whoeverSortsTheScoresToReduceThemOrToBeContentPutsNoFeedbackInAnothersPlace() {
        Variable predictions = prediction(List.of("a", "x", "a"));
        Evaluator sorting = exact.reducedBy(Reduction.of("median", "to see the middle", scores -> {
                    Collections.sort(scores);
                    return scores.get(scores.size() / 2);
                }))
                .succeedsWhen(scores -> {
                    Collections.sort(scores);
                    return scores.get(0) > 0;
                });

        Evaluation evaluation = sorting.evaluate(predictions, "a");
        now(evaluation.explanation().backward());

        assertThat(evaluation.scores()).containsExactly(1.0, 0.0, 1.0);
        assertThat(predictions.grad().get(0).texts())
                .satisfiesExactly(
                        first -> assertThat(first).isEmpty(),
                        second -> assertThat(second).contains("score 0"),
                        third -> assertThat(third).isEmpty());
    }

    @Test
    void aScalarTargetHoldsForAllSamples() {
        assertThat(exact.evaluate(prediction(List.of("a", "b", "a")), "a")
                        .score()
                        .data())
                .isEqualTo(2L);
    }

    @Test
    void scoreAndExplanationRequireGradAndSayWhatTheyAre() {
        Evaluation evaluation = exact.evaluate(prediction("a"), "b");

        assertThat(evaluation.score().requiresGrad()).isTrue();
        assertThat(evaluation.score().gradFn()).hasToString("<EvaluatorBackward0>");
        assertThat(evaluation.score().role()).isEqualTo("score of the answer");
        assertThat(evaluation.explanation().role()).isEqualTo("explanation of the score of the answer");
        assertThat(evaluation.explanation().text())
                .contains("match the target exactly", "answer", "<prediction>\na\n", "<target>\nb\n", "score 0");
    }

    @Test
    void theExplanationOfABatchNamesReductionPurposeAndAggregate() {
        Evaluation evaluation = exact.evaluate(prediction(List.of("a", "b")), "a");

        assertThat(evaluation.explanation().text()).contains("match the target exactly", "sum", "2 samples", " is 1.");
    }

    @Test
    void feedbackIsWrittenFromTheEvaluationAndOnlyForSamplesThatFailed() {
        Variable predictions = prediction(List.of("right", "wrong"));
        Evaluation evaluation = exact.evaluate(predictions, new Variable(List.of("right", "meant"), "targets"));

        now(evaluation.explanation().backward());

        assertThat(predictions.grad()).hasSize(1);
        List<String> feedback = predictions.grad().get(0).texts();
        assertThat(feedback.get(0)).isEmpty();
        assertThat(feedback.get(1)).contains("wrong", "meant", "score 0");
        assertThat(predictions.grad().get(0).role()).isEqualTo("feedback to answer");
    }

    @Test
    void scoresStandInFeedbackAsPeopleWriteThem() {
        Evaluator rare = Evaluator.of("Seldom.", (prediction, target) -> 0.0005);
        Variable wrong = prediction("wrong");

        now(rare.evaluate(wrong, "meant").explanation().backward());

        assertThat(wrong.grad().get(0).text()).contains("score 0.0005");
    }

    @Test
    void whatTheUserAddsStandsInTheFeedback() {
        Variable wrong = prediction("wrong");
        Evaluation evaluation = exact.evaluate(wrong, "meant");

        now(evaluation.explanation().backward(new Variable("Mind the spelling.", "remark")));

        assertThat(wrong.grad().get(0).text()).endsWith("Mind the spelling.");
    }

    @Test
    void nothingIsSaidWhereAllSamplesHaveTheFullScore() {
        Variable right = prediction(List.of("a", "a"));

        now(exact.evaluate(right, "a").explanation().backward());

        assertThat(right.grad()).isEmpty();
    }

    @Test
    void nothingIsSaidWhereTheUserIsContent() {
        Variable mostlyRight = prediction(List.of("a", "a", "b"));
        Evaluator lenient = exact.succeedsWhen(
                scores -> scores.stream().mapToDouble(Double::doubleValue).sum() >= 2);

        now(lenient.evaluate(mostlyRight, "a").explanation().backward());

        assertThat(mostlyRight.grad()).isEmpty();
    }

    @Test
    void theFullScoreDecidesWhoNeedsFeedback() {
        Evaluator length = Evaluator.of("Longer is better.", (prediction, target) -> prediction.length())
                .fullScore(3);
        Variable predictions = prediction(List.of("abc", "ab"));

        now(length.evaluate(predictions, "").explanation().backward());

        assertThat(predictions.grad().get(0).texts())
                .satisfiesExactly(
                        long3 -> assertThat(long3).isEmpty(),
                        short2 -> assertThat(short2).contains("Longer is better.", "score 2"));
    }

    @Test
    void aScoreThatIsNoNumberIsRefusedBeforeItSpoilsTheSum() {
        Evaluator ratio = Evaluator.of("Half is enough.", (prediction, target) -> 0.0 / prediction.length());
        Variable predictions = new Variable(List.of("a", ""), "answers", true);

        assertThatThrownBy(() -> ratio.evaluate(predictions, "b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The score of sample 1 is not a number")
                .hasMessageEndingWith("Half is enough.");
    }

    @Test
    void aScoreThatCannotBeToldNamesTheSample() {
        Evaluator same = Evaluator.of(
                "The year must be right.",
                (guess, truth) -> Integer.parseInt(guess) == Integer.parseInt(truth) ? 1 : 0);
        Variable guesses = new Variable(List.of("1789", "the 18th century"), "year", true);

        assertThatThrownBy(() -> same.evaluate(guesses, "1789"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("The score of sample 1 can't be told (For input string: \"the 18th century\")")
                .hasMessageEndingWith("The year must be right.")
                .hasCauseInstanceOf(NumberFormatException.class);
    }

    @Test
    void targetsOfAnotherLengthAreRefused() {
        assertThatThrownBy(() ->
                        exact.evaluate(prediction(List.of("a", "b", "c")), new Variable(List.of("a", "b"), "targets")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 predictions and 2 targets");
        assertThatThrownBy(() -> exact.evaluate(prediction("a"), new Variable(List.of("a"), "targets")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
