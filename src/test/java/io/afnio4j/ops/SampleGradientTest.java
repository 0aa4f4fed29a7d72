package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.CondensedGradient;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.SampleGradient;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.testing.FakeModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Which samples a gradient comes from, where some of them had nothing to say. */
class SampleGradientTest extends FeedbackCalls {

    private static final GradientReducer ALL = (gradients, answers) ->
            Mono.just(List.of(new CondensedGradient("all", gradients.get(0).role(), gradients)));

    private final FakeModel critic = FakeModel.saying(text -> "better " + text.length());
    private final List<String> words = List.of("a", "bb", "ccc", "dddd");

    private static List<List<Integer>> samples(Variable leaf) {
        return leaf.grad().stream().map(SampleGradient::samplesOf).toList();
    }

    @Test
    void eachGradientOfAPromptKnowsItsSample() {
        now(backward(answer(Inputs.NONE.and("word", words)), List.of("bad", "", "bad", "bad"), client(critic)));

        assertThat(samples(prompt)).containsExactly(List.of(0), List.of(2), List.of(3));
        assertThat(samples(system)).containsExactly(List.of(0), List.of(2), List.of(3));
    }

    @Test
    void onlyFeedbackOfABatchComesFromASample() {
        now(backward(answer(Inputs.of("word", "a")), "bad", client(critic)));

        assertThat(samples(prompt)).containsExactly(List.of());
    }

    @Test
    void whatIsCondensedKnowsTheSamplesOfAllItsSourcesHoweverOftenItIsCondensed() {
        now(backward(answer(Inputs.NONE.and("word", words)), List.of("bad", "", "bad", "bad"), client(critic)));
        List<Variable> gradients = prompt.grad();
        Variable once = new CondensedGradient("some", "feedback to prompt", gradients.subList(1, 3));
        Variable twice = new CondensedGradient("all", "feedback to prompt", List.of(once, gradients.get(0), once));

        assertThat(SampleGradient.samplesOf(once)).containsExactly(2, 3);
        assertThat(SampleGradient.samplesOf(twice)).containsExactly(0, 2, 3);
    }

    @Test
    void theSampleIsKnownBehindFunctionsThatPassFeedbackOn() {
        Variable copy = prompt.map(text -> text, "copy");
        Variable sum = copy.plus(system);
        Variable answers = now(ChatCompletion.of(echo, List.of(Message.user(sum)), Inputs.NONE.and("word", words))
                .run());
        now(backward(answers, List.of("", "", "bad", ""), client(critic)));

        assertThat(samples(prompt)).containsExactly(List.of(2));
        assertThat(samples(system)).containsExactly(List.of(2));
    }

    @Test
    void theSamplesAreKnownBehindFunctionsWhereAReducerHasCondensedThem() {
        Variable copy = prompt.map(text -> text, "copy");
        Variable answers = now(ChatCompletion.of(echo, List.of(Message.user(copy)), Inputs.NONE.and("word", words))
                .run());
        now(backward(answers, List.of("bad", "", "bad", "bad"), client(critic)).contextWrite(ALL::in));

        assertThat(texts(prompt)).containsExactly("all");
        assertThat(samples(prompt)).containsExactly(List.of(0, 2, 3));
    }
}
