package io.afnio4j.optim;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.CondensedGradient;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
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

class TGDTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Parameter prompt = new Parameter("Answer {question}.", "prompt");

    private static String improved(String value) {
        return "I thought about it.\n<improved_value>\n" + value + "\n</improved_value>";
    }

    private static FakeModel inTurn(String... answers) {
        Iterator<String> next = List.of(answers).iterator();
        return FakeModel.reacting(request -> Mono.fromCallable(next::next));
    }

    private void feedback(Parameter parameter, String... texts) {
        for (String text : texts) {
            parameter.appendGrad(new Variable(text, "feedback"));
        }
    }

    @Test
    void rewritesAParameterFromItsGradients() {
        FakeModel model = inTurn(improved("Answer {question} briefly."));
        feedback(prompt, "Too long.", "Much too long.");

        List<Update> updates = now(TGD.builder(model, List.of(prompt)).build().step());

        assertThat(prompt.text()).isEqualTo("Answer {question} briefly.");
        assertThat(updates).containsExactly(new Update(prompt, "Answer {question}.", "Answer {question} briefly."));
        assertThat(FakeModel.lastText(model.requests().get(0)))
                .contains("<current_value>\nAnswer {question}.\n</current_value>")
                .contains("<feedback>\nToo long.\n</feedback>", "<feedback>\nMuch too long.\n</feedback>")
                .as("no rules are announced where there are none")
                .doesNotContain("must keep to these rules");
        assertThat(prompt.grad()).as("the step leaves the gradients").hasSize(2);
    }

    @Test
    void theWholeValueIsShownHoweverLongItIs() {
        String value = "word ".repeat(5_000) + "{question}";
        prompt.data(value);
        FakeModel model = inTurn(improved("{question}"));
        feedback(prompt, "Too long.");

        now(TGD.builder(model, List.of(prompt)).build().step());

        assertThat(FakeModel.lastText(model.requests().get(0))).contains(value);
    }

    @Test
    void aParameterWithoutFeedbackIsLeftAloneAtNoCost() {
        FakeModel model = inTurn();
        feedback(prompt, "  ");

        assertThat(now(TGD.builder(model, List.of(prompt)).build().step())).isEmpty();
        assertThat(model.requests()).isEmpty();
    }

    @Test
    void constraintsAreToldToTheModel() {
        FakeModel model = inTurn(improved("{question}"));
        feedback(prompt, "Shorter.");

        now(TGD.builder(model, List.of(prompt))
                .constraint(Constraint.of("Write English."))
                .constraint(Constraint.maxLength(100))
                .build()
                .step());

        assertThat(FakeModel.lastText(model.requests().get(0)))
                .contains("- Write English.\n- The value has at most 100 characters.");
    }

    @Test
    void lengthIsCountedInCharactersHoweverTheyAreStored() {
        Constraint three = Constraint.maxLength(3);

        assertThat(three.holds()).accepts("😀😀😀").rejects("😀😀😀😀");
    }

    @Test
    void callsAreMadeForTheOptimizerPhase() {
        List<Phase> phases = new ArrayList<>();
        FakeModel model = FakeModel.reacting(request -> Mono.deferContextual(context -> {
            phases.add(Phase.of(context));
            return Mono.just(improved("{question}"));
        }));
        feedback(prompt, "Shorter.");

        now(TGD.builder(model, List.of(prompt)).build().step());

        assertThat(phases).containsExactly(Phase.OPTIMIZER);
    }

    @Nested
    class Momentum {

        @Test
        void showsTheLastValuesAndTheirFeedbackWithinTheWindow() {
            FakeModel model = inTurn(improved("v1 {question}"), improved("v2 {question}"), improved("v3 {question}"));
            TGD optimizer = TGD.builder(model, List.of(prompt)).momentum(2).build();

            for (int i = 0; i < 3; i++) {
                optimizer.clearGrad();
                feedback(prompt, "feedback " + i);
                now(optimizer.step());
            }

            List<String> asked =
                    model.requests().stream().map(FakeModel::lastText).toList();
            assertThat(asked.get(0)).doesNotContain("<past_value>");
            assertThat(asked.get(1)).contains("<past_value>\nAnswer {question}.\n", "<past_feedback>\nfeedback 0\n");
            assertThat(asked.get(2))
                    .contains("<past_value>\nv1 {question}\n", "<past_feedback>\nfeedback 1\n")
                    .doesNotContain("feedback 0");
        }

        @Test
        void survivesACheckpoint() {
            TGD first = TGD.builder(inTurn(improved("v1 {question}")), List.of(prompt))
                    .momentum(3)
                    .build();
            feedback(prompt, "old feedback");
            now(first.step());
            FakeModel model = inTurn(improved("v2 {question}"));
            TGD second = TGD.builder(model, List.of(prompt)).momentum(3).build();

            second.loadStateDict(first.stateDict());
            now(second.step());

            assertThat(FakeModel.lastText(model.requests().get(0))).contains("<past_feedback>\nold feedback\n");
            assertThat(second.stateDict()).isNotEqualTo(first.stateDict());
        }

        @Test
        void aStateOfSomethingElseIsRefused() {
            TGD optimizer = TGD.builder(inTurn(), List.of(prompt)).build();

            assertThatThrownBy(() -> optimizer.loadStateDict(Map.of("kind", "SGD")))
                    .hasMessageContaining("not the state of a TGD");
        }
    }

    @Nested
    class AnswersThatCantBeUsed {

        private void recoversAfter(String bad, String reason) {
            FakeModel model = inTurn(bad, improved("Good {question}."));
            feedback(prompt, "Better.");

            now(TGD.builder(model, List.of(prompt))
                    .constraint(Constraint.maxLength(30))
                    .build()
                    .step());

            assertThat(prompt.text()).isEqualTo("Good {question}.");
            ChatRequest again = model.requests().get(1);
            assertThat(again.messages()).hasSize(4);
            assertThat(FakeModel.lastText(again)).contains(reason);
        }

        @Test
        void aReplyWithoutAValueIsSentBack() {
            recoversAfter("Sure, here is a better prompt!", "no text between <improved_value>");
        }

        @Test
        void aBlankValueIsSentBack() {
            recoversAfter(improved("  "), "blank");
        }

        @Test
        void aValueThatLostAPlaceIsSentBack() {
            recoversAfter(improved("Answer it."), "the place {question} is lost");
        }

        @Test
        void aValueAgainstAConstraintIsSentBack() {
            recoversAfter(improved("{question} ".repeat(9)), "at most 30 characters");
        }

        @Test
        void aReplyThatNamesTheTagsAmongItsThoughtsIsSentBack() {
            recoversAfter(
                    "It goes into <improved_value> tags. " + improved("Good {question}."),
                    "stands in it more than once");
        }

        @Test
        void aPairOfTagsAmongTheThoughtsIsNotTheValue() {
            FakeModel model =
                    inTurn("It goes between <improved_value> and </improved_value>. " + improved("{question}!"));
            feedback(prompt, "Better.");

            now(TGD.builder(model, List.of(prompt)).build().step());

            assertThat(prompt.text()).isEqualTo("{question}!");
        }

        @Test
        void theNextStepAsksAnewWhereNoneCouldBeUsed() {
            FakeModel model = inTurn("No.", "No.", improved("Good {question}."));
            TGD optimizer = TGD.builder(model, List.of(prompt)).build();
            feedback(prompt, "Better.");

            StepVerifier.create(optimizer.step())
                    .expectError(UnexpectedAnswerException.class)
                    .verify(LIMIT);
            now(optimizer.step());

            assertThat(prompt.text()).isEqualTo("Good {question}.");
        }

        @Test
        void aSecondBadAnswerEndsTheStepAndChangesNothing() {
            Parameter other = new Parameter("Other.", "other prompt");
            FakeModel model =
                    FakeModel.saying(text -> text.contains("Other.") ? improved("Better other.") : "I can't do that.");
            feedback(prompt, "Better.");
            feedback(other, "Better.");

            StepVerifier.create(
                            TGD.builder(model, List.of(prompt, other)).build().step())
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(UnexpectedAnswerException.class)
                            .hasMessageContaining(
                                    "No usable new value for the prompt came from test/fake in 2 answers"))
                    .verify(LIMIT);
            assertThat(model.requests())
                    .filteredOn(request -> !FakeModel.lastText(request).contains("Other."))
                    .hasSize(2);
            assertThat(prompt.text()).isEqualTo("Answer {question}.");
            assertThat(other.text()).isEqualTo("Other.");
        }
    }

    @Test
    void onlyTextsCanBeOptimised() {
        assertThatThrownBy(() -> TGD.builder(inTurn(), List.of(new Parameter(3, "number"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TGD rewrites texts");
        assertThatThrownBy(() -> TGD.builder(inTurn(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the ones that were registered");
    }

    @Nested
    class MuchFeedback {

        private final List<List<Variable>> reduced = new ArrayList<>();

        private Mono<List<Variable>> joining(List<Variable> gradients, GradientReducer.Answers answers) {
            return answers.once(gradients.size(), Mono.fromSupplier(() -> {
                reduced.add(gradients);
                return List.of(new CondensedGradient("in short", "feedback", gradients));
            }));
        }

        @Test
        void isReducedBeforeTheModelIsShownItAndBeforeMomentumKeepsIt() {
            FakeModel model = inTurn(improved("v1 {question}"), improved("v2 {question}"));
            TGD optimizer = TGD.builder(model, List.of(prompt))
                    .momentum(2)
                    .reducer(this::joining)
                    .build();
            feedback(prompt, "a", " ", "b");

            now(optimizer.step());
            now(optimizer.step());

            assertThat(reduced.get(0)).extracting(Variable::text).containsExactly("a", "b");
            assertThat(FakeModel.lastText(model.requests().get(0)))
                    .contains("<feedback>\nin short\n</feedback>")
                    .doesNotContain("<feedback>\na");
            assertThat(FakeModel.lastText(model.requests().get(1)))
                    .contains("<past_feedback>\nin short\n</past_feedback>");
            assertThat(prompt.grad()).as("the step leaves the gradients").hasSize(3);
        }

        @Test
        void isReducedOnceWhereTheRewritingHasToBeTriedAgain() {
            List<String> down = new ArrayList<>(List.of("down"));
            FakeModel model = FakeModel.reacting(request -> down.isEmpty()
                    ? Mono.just(improved("v1 {question}"))
                    : Mono.error(new UnavailableException(down.remove(0), null)));
            TGD optimizer =
                    TGD.builder(model, List.of(prompt)).reducer(this::joining).build();
            feedback(prompt, "a", "b");

            StepVerifier.create(optimizer.step()).expectErrorMessage("down").verify(LIMIT);
            now(optimizer.step());

            assertThat(reduced).hasSize(1);
        }

        @Test
        void isAnErrorWhereTheReducerMakesNothingOfItAndNothingIsRewritten() {
            FakeModel model = inTurn(improved("v1 {question}"));
            feedback(prompt, "a", "b");
            GradientReducer silent = (gradients, answers) -> Mono.empty();

            StepVerifier.create(TGD.builder(model, List.of(prompt))
                            .reducer(silent)
                            .build()
                            .step())
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("The reducer ")
                            .hasMessageEndingWith(
                                    "must give a list of one scalar text or more as feedback, but gave an empty Mono."))
                    .verify(LIMIT);
            assertThat(model.requests()).isEmpty();
            assertThat(prompt.text()).isEqualTo("Answer {question}.");
        }

        @Test
        void isRefusedBeforeTheCallWhereTheModelCantReadItAll() {
            FakeModel model = inTurn();
            ChatModel small = new ChatModel() {
                @Override
                public String name() {
                    return "test/small";
                }

                @Override
                public long contextWindow() {
                    return 8_000;
                }

                @Override
                public Mono<ChatResponse> chat(ChatRequest request) {
                    return model.chat(request);
                }
            };
            feedback(prompt, "Too long. ".repeat(3_000));

            StepVerifier.create(TGD.builder(small, List.of(prompt)).build().step())
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(RejectedRequestException.class)
                            .hasMessageContaining("tokens too long for test/small, which takes 8000 with its answer.")
                            .hasMessageContaining("reducer(Condenser.within(...))"))
                    .verify(LIMIT);
            assertThat(model.requests()).isEmpty();
        }
    }
}
