package io.afnio4j.cognitive;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.FakeModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class BatchTest {

    private final Variable words = new Variable(List.of("a", "b", "c"), "words", true);

    private static Mono<Variable> upper(Variable word) {
        return Mono.just(word.upper());
    }

    @Test
    void aProgramForOneSampleServesABatch() {
        Variable loud = now(Batch.map(words, MapOver.of(BatchTest::upper)));

        assertThat(loud.data()).isEqualTo(List.of("A", "B", "C"));
        assertThat(loud.role()).isEqualTo("words");
    }

    @Test
    void feedbackTravelsWithItsSample() {
        Variable loud = now(Batch.map(words, MapOver.of(BatchTest::upper)));

        now(loud.backward(new Variable(List.of("too loud", "", "wrong"), "feedback")));

        assertThat(words.grad()).hasSize(1);
        assertThat(words.grad().get(0).texts().get(0)).endsWith("too loud");
        assertThat(words.grad().get(0).texts().get(1)).isEmpty();
        assertThat(words.grad().get(0).texts().get(2)).endsWith("wrong");
    }

    @Test
    void samplesWithoutFeedbackCostNoCallFurtherUp() {
        Parameter prompt = new Parameter("Say {word}.", "prompt");
        FakeModel critic = FakeModel.saying(text -> "be kinder");
        MapOver<Variable, Variable> say = MapOver.of(word -> ChatCompletion.of(
                        FakeModel.saying(text -> text), List.of(Message.user(prompt)), Inputs.of("word", word))
                .run());
        Variable said = now(Batch.map(words.detach(), say));

        now(said.backward(new Variable(List.of("", "rude", ""), "feedback"))
                .contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in));

        assertThat(critic.requests()).hasSize(1);
        assertThat(FakeModel.lastText(critic.requests().get(0))).contains("Say b.");
        assertThat(prompt.grad()).extracting(Variable::text).containsExactly("be kinder");
    }

    @Test
    void numbersStayNumbers() {
        Variable scores = new Variable(List.of(1, 2), "scores", true);

        List<Variable> each = Batch.unbind(scores);
        now(each.get(1).plus(each.get(1)).backward());

        assertThat(each).extracting(Variable::data).containsExactly(1L, 2L);
        assertThat(Batch.stack(each).data()).isEqualTo(List.of(1L, 2L));
        assertThat(scores.grad()).extracting(Variable::data).containsExactly(List.of(0L, 2L));
    }

    @Test
    void aSecondPassFindsTheFeedbackOnTheSampleThatItIsAbout() {
        Variable remarks = new Variable(List.of("too loud", "", "wrong"), "remarks", true);
        Variable loud = now(Batch.map(words, MapOver.of(BatchTest::upper)));
        now(loud.backward(BackwardOptions.DEFAULTS.createGraph(true).gradient(remarks)));

        now(words.grad().get(0).backward(new Variable(List.of("Say why.", "", ""), "feedback on feedback")));

        assertThat(remarks.grad())
                .singleElement()
                .satisfies(gradient -> assertThat(gradient.texts())
                        .satisfiesExactly(
                                first -> assertThat(first).endsWith("Say why."),
                                second -> assertThat(second).isEmpty(),
                                third -> assertThat(third).isEmpty()));
    }

    @Test
    void shapesThatDontFitAreRefused() {
        assertThatThrownBy(() -> Batch.unbind(new Variable("a", "word")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "Only a list of at least one element can be taken apart, not variable(a, role=word");
        assertThatThrownBy(() -> Batch.unbind(new Variable(List.of(), "words")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Batch.stack(List.of(words)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Only scalars can be stacked, not variable(");
    }
}
