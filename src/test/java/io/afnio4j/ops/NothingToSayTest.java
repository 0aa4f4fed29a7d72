package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.testing.FakeModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who has nothing to say, or nobody who listens, costs nothing. */
class NothingToSayTest extends FeedbackCalls {

    private final FakeModel critic = FakeModel.saying(text -> "be brief");

    private Variable judged(Evaluator evaluator, Variable answers) {
        List<String> targets =
                answers.texts().stream().map(text -> "something else").toList();
        return evaluator
                .evaluate(answers, new Variable(answers.value().isList() ? targets : targets.get(0), "target"))
                .explanation();
    }

    private void pass(BackwardOptions options, Variable... roots) {
        now(Engine.backward(List.of(roots), List.of(), options).contextWrite(client(critic)::in));
    }

    @Test
    void aChainBehindAnEvaluatorThatIsContentAsksNothing() {
        Variable first = answer(Inputs.NONE.and("word", List.of("a", "b")));
        Variable second = answer(Inputs.of("word", first));

        pass(BackwardOptions.DEFAULTS, judged(Evaluator.exactMatch().succeedsWhen(scores -> true), second));

        assertThat(critic.requests()).isEmpty();
        assertThat(prompt.grad()).isEmpty();
    }

    @Test
    void onlyTheDiscontentedOfTwoEvaluatorsIsHeard() {
        Variable first = answer(Inputs.of("word", "a"));
        Variable second = answer(Inputs.of("word", "b"));

        pass(
                BackwardOptions.DEFAULTS,
                judged(Evaluator.exactMatch().succeedsWhen(scores -> true), first),
                judged(Evaluator.exactMatch(), second));

        assertThat(critic.requests())
                .hasSize(2)
                .allMatch(request -> FakeModel.lastText(request).contains("Say b."));
    }

    @Test
    void aBatchOfBlanksAsksNothingHoweverItTravels() {
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "b")));
        Variable loud = Variable.sum(List.of(answers.upper(), answers));

        now(backward(loud, List.of(" ", ""), client(critic)));

        assertThat(critic.requests()).isEmpty();
    }

    @Test
    void samplesThatAreRightCostNothingFurtherUp() {
        Variable first = answer(Inputs.NONE.and("word", List.of("a", "b", "c")));
        Variable second = now(ChatCompletion.of(
                        echo, List.of(Message.user(new Variable("Shout {word}", "fixed"))), Inputs.of("word", first))
                .run());

        now(backward(second, List.of("", "bad", ""), client(critic)));

        assertThat(critic.requests())
                .as("one for the sample, one for each prompt of the node before it")
                .hasSize(3);
    }

    @Test
    void variablesThatNeedNoGradientAreNotAskedFor() {
        system.requiresGrad(false);
        Variable word = new Variable("a", "word");

        now(backward(answer(Inputs.of("word", word)), "bad", client(critic)));

        assertThat(critic.requests()).hasSize(1);
    }

    @Test
    void variablesThatThisPassDoesNotServeAreNotAskedFor() {
        List<Integer> planned = new ArrayList<>();
        Variable branch = answer(Inputs.of("word", "a"));
        Parameter last = new Parameter("Shout {word}", "last prompt");
        Variable end = now(ChatCompletion.of(echo, List.of(Message.user(last)), Inputs.of("word", branch))
                .run());

        now(end.backward(BackwardOptions.DEFAULTS
                        .gradient(new Variable("bad", "feedback"))
                        .listener(event -> {
                            if (event instanceof BackwardEvent.Planned plan) {
                                planned.add(plan.expectedCalls());
                            }
                        })
                        .inputs(last))
                .contextWrite(client(critic)::in));

        assertThat(critic.requests()).hasSize(1);
        assertThat(planned).containsExactly(1);
        assertThat(texts(last)).containsExactly("be brief");
    }

    @Test
    void manySamplesWithoutFeedbackAreNotEvenRendered() {
        Variable answers = answer(Inputs.NONE.and(
                "word", IntStream.range(0, 1_000).mapToObj(i -> "w" + i).toList()));
        List<String> feedback = new ArrayList<>(java.util.Collections.nCopies(1_000, ""));
        feedback.set(500, "bad");

        now(backward(answers, feedback, client(critic)));

        assertThat(critic.requests()).hasSize(2);
    }
}
