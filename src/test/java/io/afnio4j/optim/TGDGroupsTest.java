package io.afnio4j.optim;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.Evaluation;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.FakeModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Groups with options of their own, messages of the user's, and the step around a closure. */
class TGDGroupsTest {

    private final Parameter first = new Parameter("First.", "first prompt");
    private final Parameter second = new Parameter("Second.", "second prompt");
    private final FakeModel model = FakeModel.saying(text -> "<improved_value>\nBetter.\n</improved_value>");
    private final FakeModel other = FakeModel.saying(text -> "<improved_value>\nOther.\n</improved_value>");

    private static void feedback(Parameter... parameters) {
        for (Parameter parameter : parameters) {
            parameter.appendGrad(new Variable("Wrong.", "feedback"));
        }
    }

    @Nested
    class Groups {

        @Test
        void takeWhatTheyDontSayFromTheOptimizer() {
            TGD optimizer = TGD.builder(model, List.of(first))
                    .group(
                            List.of(second),
                            options -> options.model(other)
                                    .options(CompletionOptions.NONE.temperature(1))
                                    .constraint(Constraint.of("Rhyme.")))
                    .options(CompletionOptions.NONE.temperature(0).seed(7))
                    .constraint(Constraint.of("Write English."))
                    .build();
            feedback(first, second);

            List<Update> updates = now(optimizer.step());

            assertThat(optimizer.parameters()).containsExactly(first, second);
            assertThat(updates).extracting(Update::after).containsExactly("Better.", "Other.");
            assertThat(model.requests().get(0).options())
                    .isEqualTo(CompletionOptions.NONE.temperature(0).seed(7));
            assertThat(other.requests().get(0).options())
                    .isEqualTo(CompletionOptions.NONE.temperature(1).seed(7));
            assertThat(FakeModel.lastText(model.requests().get(0)))
                    .contains("- Write English.")
                    .doesNotContain("- Rhyme.");
            assertThat(FakeModel.lastText(other.requests().get(0))).contains("- Write English.\n- Rhyme.");
        }

        @Test
        void askTheirOwnModelAlsoWhereAnotherIsAskedInTheSameWords() {
            Parameter twin = new Parameter("First.", "first prompt");
            TGD optimizer = TGD.builder(model, List.of(first))
                    .group(List.of(twin), options -> options.model(other))
                    .build();
            feedback(first, twin);

            List<Update> updates = now(optimizer.step());

            assertThat(updates).extracting(Update::after).containsExactly("Better.", "Other.");
        }

        @Test
        void haveAMomentumOfTheirOwn() {
            TGD optimizer = TGD.builder(model, List.of(first))
                    .momentum(2)
                    .group(List.of(second), options -> options.model(other).momentum(0))
                    .build();
            for (int step = 0; step < 2; step++) {
                feedback(first, second);
                now(optimizer.step());
            }

            assertThat(FakeModel.lastText(model.requests().get(1))).contains("<past_value>\nFirst.\n");
            assertThat(FakeModel.lastText(other.requests().get(1))).doesNotContain("<past_value>");
        }

        @Test
        void shareNoParameter() {
            TGD.Builder builder = TGD.builder(model, List.of(first));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.group(List.of(second, first), options -> {}))
                    .withMessage("The first prompt is given twice. A parameter is in one group, and there once.");
            assertThatIllegalArgumentException().isThrownBy(() -> TGD.builder(model, List.of(first, first)));
        }
    }

    @Nested
    class MessagesOfTheUser {

        private List<Message> messages(String user) {
            return List.of(
                    Message.system(new Variable("You tune {kind} prompts.", "optimizer prompt")),
                    Message.user(new Variable(user, "optimizer request")));
        }

        @Test
        void replaceTheLibrarysWords() {
            first.data("First {kind}.");
            FakeModel keeping = FakeModel.saying(text -> "<improved_value>{kind}!</improved_value>");
            TGD own = TGD.builder(keeping, List.of(first))
                    .messages(messages("The {role} is {value}. They say: {feedback}"), Inputs.of("kind", "medical"))
                    .build();
            feedback(first);

            now(own.step());

            assertThat(keeping.requests().get(0).messages())
                    .extracting(message -> message.text())
                    .containsExactly(
                            "You tune medical prompts.",
                            "The first prompt is <current_value>\nFirst {kind}.\n</current_value>. They say: <feedback>\nWrong.\n</feedback>",
                            "Write the whole improved value between <improved_value> and </improved_value>, and nothing after it.");
            assertThat(first.text()).isEqualTo("{kind}!");
        }

        @Test
        void mayThemselvesSayHowToAnswer() {
            TGD own = TGD.builder(model, List.of(first))
                    .messages(messages("{value} {feedback}. Answer in <improved_value>."), Inputs.of("kind", "x"))
                    .build();
            feedback(first);

            now(own.step());

            assertThat(model.requests().get(0).messages()).hasSize(2);
        }

        @Test
        void haveAPlaceForEverything() {
            TGD.Builder builder = TGD.builder(model, List.of(first));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.messages(messages("{value}"), Inputs.of("tone", "kind")))
                    .withMessage(
                            "The optimizer's messages have no place for [tone, feedback]. Write the name in braces,"
                                    + " such as {feedback}, where it belongs.");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.messages(messages("{value} {feedback}"), Inputs.of("value", "x")))
                    .withMessageStartingWith("The input 'value' of an optimizer must be a single value, and its name");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder.messages(
                            messages("{value} {feedback}"), Inputs.NONE.and("kind", List.of("a", "b"))));
        }
    }

    @Nested
    class AClosure {

        @Test
        void runsFirstAndItsScoreAndExplanationComeBack() {
            List<String> order = new ArrayList<>();
            TGD optimizer = TGD.builder(
                            FakeModel.saying(text -> {
                                order.add("step");
                                return "<improved_value>Better.</improved_value>";
                            }),
                            List.of(first))
                    .build();
            Mono<Evaluation> closure = Mono.fromSupplier(() -> {
                order.add("closure");
                optimizer.clearGrad();
                feedback(first);
                return Evaluator.exactMatch().evaluate(new Variable("a", "answer"), "b");
            });

            Mono<Evaluation> step = optimizer.step(closure);
            assertThat(order).isEmpty();
            Evaluation evaluation = now(step);

            assertThat(order).containsExactly("closure", "step");
            assertThat(evaluation.score().data()).isEqualTo(0L);
            assertThat(first.text()).isEqualTo("Better.");
            assertThat(first.grad()).as("the step doesn't clear").hasSize(1);
        }

        @Test
        void thatSkipsTakesNoStep() {
            feedback(first);
            TGD optimizer = TGD.builder(model, List.of(first)).build();

            assertThat(now(optimizer.step(Mono.<Evaluation>empty()).hasElement()))
                    .isFalse();
            assertThat(model.requests()).isEmpty();
        }
    }
}
