package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The fake judge finds answers with an exclamation mark good, and says what it saw. */
class JudgeTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Parameter rules = new Parameter("Judge by {rule}.", "rules of the judge");
    private final List<Message> messages = List.of(
            Message.system(rules),
            Message.user(new Variable("{prediction} should be {target}", "question to the judge")));
    private final FakeModel model = FakeModel.saying(JudgeTest::verdict);
    private final Judge judge = Judge.of(model, messages).inputs(Inputs.of("rule", "tone"));

    private static String verdict(String question) {
        String asked = question.lines().findFirst().orElse("");
        return "{\"explanation\":\"saw " + asked + "\",\"score\":" + (asked.contains("!") ? 1 : 0.25) + "}";
    }

    private static Variable prediction(Object data) {
        return new Variable(data, "answer", true);
    }

    private static FakeModel inTurn(String... answers) {
        Iterator<String> next = List.of(answers).iterator();
        return FakeModel.reacting(request -> Mono.fromCallable(next::next));
    }

    @Nested
    class Forward {

        @Test
        void fillsPredictionTargetAndInputsAndReadsTheVerdict() {
            Evaluation judged = now(judge.evaluate(prediction("a"), "b"));

            assertThat(judged.score().data()).isEqualTo(0.25);
            assertThat(judged.scores()).containsExactly(0.25);
            assertThat(judged.explanation().text()).isEqualTo("saw a should be b");
            assertThat(judged.score().role()).isEqualTo("score of the answer");
            assertThat(judged.explanation().role()).isEqualTo("explanation of the score of the answer");
            assertThat(judged.score().gradFn()).hasToString("<JudgeBackward0>");
            assertThat(model.requests().get(0).messages())
                    .extracting(message -> message.text())
                    .containsExactly(
                            "Judge by tone.",
                            "a should be b\n\nAnswer with one JSON object and nothing else. It has two fields:"
                                    + " \"explanation\", a text that says why, and \"score\", a number.");
        }

        @Test
        void addsInputsToThoseThatItHasAndTheLastOfANameCounts() {
            Judge two = Judge.of(model, List.of(Message.user(new Variable("{rule} {place}: {prediction}", "question"))))
                    .inputs(Inputs.of("rule", "tone").and("place", List.of("here", "there")))
                    .inputs(Inputs.of("place", "nowhere"));

            now(two.evaluate(prediction("a")));

            assertThat(FakeModel.lastText(model.requests().get(0))).startsWith("tone nowhere: a");
        }

        @Test
        void asksForStructuredOutputUnlessToldOtherwise() {
            now(judge.with(CompletionOptions.NONE.temperature(0)).evaluate(prediction("a"), "b"));
            now(judge.with(CompletionOptions.NONE.responseFormat(ResponseFormat.text()))
                    .evaluate(prediction("a"), "b"));

            ChatRequest strict = model.requests().get(0);
            assertThat((Map<?, ?>) strict.options().get("response_format"))
                    .extracting("type", "json_schema.name", "json_schema.strict", "json_schema.schema.required")
                    .containsExactly("json_schema", "verdict", true, List.of("explanation", "score"));
            assertThat(strict.options().get("temperature")).isEqualTo(0.0);
            assertThat(model.requests().get(1).options().get("response_format")).isEqualTo(Map.of("type", "text"));
        }

        @Test
        void judgesABatchSampleBySample() {
            Evaluation judged = now(judge.evaluate(prediction(List.of("a", "b!", "c!")), List.of("x", "y", "z")));

            assertThat(judged.score().data()).isEqualTo(2.25);
            assertThat(judged.scores()).containsExactly(0.25, 1.0, 1.0);
            assertThat(judged.explanation().text())
                    .startsWith("A judge scored 3 samples of the answer. The sum of the scores, taken to see how many"
                            + " points there are, is 2.25.")
                    .contains("<explanation>\nsaw a should be x\n</explanation>", "saw c! should be z");
            assertThat(now(judge.reducedBy(Reduction.NONE).evaluate(prediction(List.of("a", "b!")), "x"))
                            .score()
                            .data())
                    .isEqualTo(List.of(0.25, 1.0));
            assertThat(model.requests()).hasSize(5);
        }

        @Test
        void needsNoTarget() {
            Judge free = Judge.of(model, List.of(Message.user(new Variable("Is {prediction} good?", "question"))));

            assertThat(now(free.evaluate(prediction("a"))).explanation().text()).isEqualTo("saw Is a good?");
        }

        @Test
        void callsAreMadeForTheJudgePhase() {
            List<Phase> phases = new ArrayList<>();
            FakeModel watched = FakeModel.reacting(request -> Mono.deferContextual(context -> {
                phases.add(Phase.of(context));
                return Mono.just(verdict("!"));
            }));

            now(Judge.of(watched, messages).inputs(Inputs.of("rule", "x")).evaluate(prediction("a"), "b"));

            assertThat(phases).containsExactly(Phase.JUDGE);
        }

        @Test
        void anAnswerThatCannotBeReadIsSentBackOnce() {
            FakeModel hasty = inTurn("Good.", verdict("!"));

            Evaluation judged =
                    now(Judge.of(hasty, messages).inputs(Inputs.of("rule", "x")).evaluate(prediction("a"), "b"));

            assertThat(judged.score().data()).isEqualTo(1L);
            ChatRequest again = hasty.requests().get(1);
            assertThat(again.messages())
                    .extracting(message -> message.role())
                    .containsExactly("system", "user", "assistant", "user");
            assertThat(FakeModel.lastText(again))
                    .startsWith("That answer can't be used: it has no JSON object with a \"score\". Answer again");
        }

        @Test
        void aSecondOneEndsTheEvaluation() {
            Judge confused = Judge.of(inTurn("Good.", "Very good."), messages).inputs(Inputs.of("rule", "x"));

            StepVerifier.create(confused.evaluate(prediction("a"), "b"))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(UnexpectedAnswerException.class)
                            .hasMessage("The judge test/fake gave no usable verdict in 2 answers. The last one: it has"
                                    + " no JSON object with a \"score\". A model that supports structured output"
                                    + " (response_format json_schema) may help."))
                    .verify(LIMIT);
        }

        @Test
        void aQuestionWithoutUserMessageGetsOneThatSaysHowToAnswer() {
            Judge system = Judge.of(
                    FakeModel.saying(text -> verdict("!")),
                    List.of(Message.system(new Variable("{prediction}", "question"))));

            assertThat(now(system.evaluate(prediction("a"))).score().data()).isEqualTo(1L);
        }

        @Test
        void whatDoesNotFitIsRefusedBeforeAnyCall() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> judge.evaluate(prediction(List.of("a", "b", "c")), List.of("a", "b")))
                    .withMessageContaining("3 predictions and 2 targets");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> judge.inputs(Inputs.NONE.and("rule", List.of("a", "b")))
                            .evaluate(prediction("a"), "b"))
                    .withMessage("The answer is a single prediction, but the judge's messages or inputs hold a list."
                            + " Judge a list of predictions, or give single values.");
            StepVerifier.create(Judge.of(model, List.of(Message.user(new Variable("{prediction}", "q"))))
                            .evaluate(prediction("a"), "b"))
                    .expectErrorMessage("No message has a place for the input [target]. Write the name in braces, such"
                            + " as {text}, where its value belongs.")
                    .verify(LIMIT);
            assertThat(model.requests()).isEmpty();
        }
    }

    @Nested
    class InEvalMode {

        @Test
        void feedbackGoesToThePredictionOnlyAndCostsNoCall() {
            Variable wrong = prediction("a");
            Evaluation judged = now(judge.evaluate(wrong, "b"));

            now(judged.explanation().backward());

            assertThat(wrong.grad()).hasSize(1);
            assertThat(wrong.grad().get(0).role()).isEqualTo("feedback to answer");
            assertThat(wrong.grad().get(0).text()).isEqualTo("""
                    A judge gave the answer the score 0.25.

                    What came:
                    <prediction>
                    a
                    </prediction>

                    What was meant:
                    <target>
                    b
                    </target>

                    What the judge says:
                    <explanation>
                    saw a should be b
                    </explanation>""");
            assertThat(rules.grad()).isEmpty();
            assertThat(model.requests()).hasSize(1);
        }

        @Test
        void onlySamplesThatFailedGetFeedback() {
            Variable answers = prediction(List.of("a!", "b"));

            now(now(judge.evaluate(answers, "x")).explanation().backward(new Variable("Mind the tone.", "remark")));

            assertThat(answers.grad().get(0).texts())
                    .satisfiesExactly(
                            good -> assertThat(good).isEmpty(),
                            bad -> assertThat(bad).contains("score 0.25").endsWith("Mind the tone."));
        }

        @Test
        void nothingIsSaidWhereAllIsWell() {
            Variable answers = prediction(List.of("a!", "b"));

            now(now(judge.fullScore(0.25).evaluate(answers, "x")).explanation().backward());
            now(now(judge.succeedsWhen(scores -> scores.contains(1.0)).evaluate(answers, "x"))
                    .explanation()
                    .backward());

            assertThat(answers.grad()).isEmpty();
        }

        @Test
        void eachSubscriptionJudgesAnew() {
            Mono<Evaluation> judged = judge.evaluate(prediction("a"), "b");
            assertThat(model.requests()).isEmpty();

            assertThat(now(judged)).isNotEqualTo(now(judged));
            assertThat(model.requests()).hasSize(2);
        }
    }

    @Nested
    class OutOfEvalMode {

        private final Judge learner = judge.evalMode(false);
        private final FakeModel teacher = FakeModel.saying(text -> "Be stricter.");

        private void teach(Mono<Void> pass) {
            now(pass.contextWrite(new BackwardClient(teacher, CompletionOptions.NONE)::in));
        }

        @Test
        void feedbackGoesToTheJudgesOwnMessagesAndInputs() {
            Variable answer = prediction("a");
            Variable rule = new Variable("tone", "rule", true);
            Evaluation judged = now(learner.inputs(Inputs.of("rule", rule)).evaluate(answer, "b"));

            assertThat(judged.explanation().gradFn()).hasToString("<JudgeBackward0>");
            teach(judged.explanation().backward(new Variable("A human gave 0.", "remark")));

            assertThat(rules.grad()).singleElement().extracting(Variable::text).isEqualTo("Be stricter.");
            assertThat(rule.grad()).hasSize(1);
            assertThat(answer.grad()).isEmpty();
            assertThat(FakeModel.lastText(teacher.requests().get(0)))
                    .contains("<feedback>\nA human gave 0.\n</feedback>", "saw a should be b", "rules of the judge");
        }

        @Test
        void theScoreCanBeJudgedItself() {
            Evaluation judged =
                    now(learner.reducedBy(Reduction.NONE).evaluate(prediction(List.of("a", "b!")), List.of("x", "y")));
            Evaluator human = Evaluator.of(
                    "The judge must agree with people.",
                    (score, truth) -> Double.parseDouble(score) == Double.parseDouble(truth) ? 1 : 0);

            teach(human.evaluate(judged.score(), List.of("0", "1"))
                    .explanation()
                    .backward());

            assertThat(rules.grad()).as("one sample was judged right").hasSize(1);
            assertThat(FakeModel.lastText(teacher.requests().get(0))).contains("The judge must agree with people.");
        }

        @Test
        void withoutAWordFromTheUserNothingIsAsked() {
            teach(now(learner.evaluate(prediction("a"), "b")).explanation().backward());

            assertThat(teacher.requests()).isEmpty();
            assertThat(rules.grad()).isEmpty();
        }
    }

    @Test
    void withoutGradNothingIsWatched() {
        for (Judge either : List.of(judge, judge.evalMode(false))) {
            Mono<Evaluation> made = GradMode.noGrad(() -> either.evaluate(prediction("a"), "b"));

            assertThat(now(made).score().requiresGrad()).isFalse();
            assertThat(now(GradMode.noGrad(either.evaluate(prediction("a"), "b")))
                            .explanation()
                            .requiresGrad())
                    .isFalse();
        }
    }
}
