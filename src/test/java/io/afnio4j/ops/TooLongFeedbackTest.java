package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.CondensedGradient;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.testing.FakeModel;
import io.afnio4j.testing.Vocabulary;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What no context window holds is never sent. */
class TooLongFeedbackTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FakeModel critic = FakeModel.saying(text -> "be brief");
    private final ChatModel small = new Windowed(critic, 3_000);

    @Test
    void feedbackThatNoWindowHoldsIsRefusedBeforeTheCall() {
        StepVerifier.create(backward(answer(Inputs.of("word", "a")), "bad ".repeat(3_000), client(small)))
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessageContaining("The request for feedback to the system prompt is about")
                        .hasMessageContaining(
                                "tokens too long for test/fake, which takes 3000 with its answer. Put a reducer into the context of the pass")
                        .hasCauseInstanceOf(RejectedRequestException.class))
                .verify(LIMIT);
        assertThat(critic.requests()).isEmpty();
    }

    /** Each has 5,000 tokens or more in one of OpenAI's vocabularies: with the answer, a fifth more than the window. */
    @ParameterizedTest
    @ValueSource(strings = {"kJ8f+Qz/3x", "བོད་ཡིག་ནི ", "አማርኛ ቋንቋ ", "龘靐齉爩麤灪龖", "🧿🪬🫠🦥", "8 3 7 2 9 1 0 "})
    void feedbackThatIsShortInCharactersButNotInTokensIsRefusedAsWell(String text) {
        String feedback = text.repeat(5_000 / Vocabulary.tokens(text) + 1);

        StepVerifier.create(backward(answer(Inputs.of("word", "a")), feedback, client(new Windowed(critic, 5_000))))
                .expectErrorSatisfies(error -> assertThat(error).hasCauseInstanceOf(RejectedRequestException.class))
                .verify(LIMIT);
        assertThat(critic.requests()).isEmpty();
    }

    @Test
    void feedbackInAScriptOfManyTokensIsCondensedInPiecesThatTheWindowHolds() {
        now(backward(answer(Inputs.of("word", "a")), "አማርኛ ቋንቋ ".repeat(1_000), client(small))
                .contextWrite(Condenser.within(300)::in));

        assertThat(critic.requests())
                .hasSizeGreaterThan(2)
                .allSatisfy(request -> assertThat(request.messages().stream()
                                .mapToInt(message -> Vocabulary.tokens(message.text()))
                                .sum())
                        .isLessThan(2_000));
        assertThat(texts(prompt)).containsExactly("be brief");
    }

    @Test
    void feedbackIsCondensedFirstWhereThereIsAReducer() {
        GradientReducer stub = (gradients, answers) -> Mono.just(
                List.of(new CondensedGradient("all bad", gradients.get(0).role(), gradients)));

        now(backward(answer(Inputs.of("word", "a")), "bad ".repeat(3_000), client(small))
                .contextWrite(stub::in));

        assertThat(critic.requests())
                .hasSize(2)
                .allSatisfy(request ->
                        assertThat(FakeModel.lastText(request)).contains("<feedback>\nall bad\n</feedback>"));
        assertThat(texts(prompt)).containsExactly("be brief");
    }

    @Test
    void aCondenserReadsLongFeedbackInPieces() {
        now(backward(answer(Inputs.of("word", "a")), "bad ".repeat(3_000), client(small))
                .contextWrite(Condenser.within(300)::in));

        assertThat(critic.requests())
                .hasSizeGreaterThan(2)
                .allSatisfy(request -> assertThat(request.messages().stream()
                                .mapToInt(message -> message.text().length())
                                .sum())
                        .isLessThan(3 * 3_000));
        assertThat(texts(prompt)).containsExactly("be brief");
    }

    @Test
    void whatCantBeCondensedIsRefusedAllTheSame() {
        prompt.data("Say {word}. " + "And mind the rules. ".repeat(1_000));
        GradientReducer stub = (gradients, answers) -> Mono.just(gradients);

        StepVerifier.create(backward(answer(Inputs.of("word", "a")), "bad", client(small))
                        .contextWrite(stub::in))
                .expectErrorSatisfies(
                        error -> assertThat(error).hasMessageContaining("Condensing the feedback was not enough"))
                .verify(LIMIT);
        assertThat(critic.requests()).isEmpty();
    }

    @Test
    void aReducerThatMakesNothingOfItIsAnError() {
        GradientReducer silent = (gradients, answers) -> Mono.empty();

        StepVerifier.create(backward(answer(Inputs.of("word", "a")), "bad ".repeat(3_000), client(small))
                        .contextWrite(silent::in))
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessageContaining(
                                "must give a list of one scalar text or more as feedback to answer, but gave an"
                                        + " empty Mono"))
                .verify(LIMIT);
        assertThat(critic.requests()).isEmpty();
    }

    @Test
    void aPassThatCreatesAGraphRefusesItToo() {
        StepVerifier.create(answer(Inputs.of("word", "a"))
                        .backward(BackwardOptions.DEFAULTS
                                .createGraph(true)
                                .gradient(new Variable("bad ".repeat(3_000), "feedback")))
                        .contextWrite(client(small)::in))
                .expectErrorSatisfies(error ->
                        assertThat(error).hasMessageContaining("A pass that creates a graph condenses nothing"))
                .verify(LIMIT);
        assertThat(critic.requests()).isEmpty();
    }

    @Test
    void aFusedRequestThatIsTooLongIsAskedSingly() {
        system.data("Be kind. " + "And mind the rules. ".repeat(100));
        prompt.data("Say {word}. " + "And mind the rules. ".repeat(100));

        now(backward(
                answer(Inputs.of("word", "a")),
                "bad",
                client(new Windowed(critic, 4_400)).fusing()));

        assertThat(critic.requests())
                .hasSize(2)
                .noneMatch(request -> FakeModel.lastText(request).contains("JSON object"));
    }
}
