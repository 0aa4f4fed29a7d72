package io.afnio4j.model.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class FaultyChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ChatRequest REQUEST = ChatRequest.of(ChatMessage.user("a"));

    private final ScriptedChatModel sound = ScriptedChatModel.by(request -> "fine");

    @Test
    void failsAsPlannedAndThenNoMore() {
        FaultyChatModel model = FaultyChatModel.planned(
                sound, Fault.throttled(Duration.ofSeconds(2)), Fault.NONE, Fault.unavailable(), Fault.malformed());
        assertThat(outcomes(model, 6))
                .containsExactly(
                        ThrottledException.class.getSimpleName(),
                        "fine",
                        UnavailableException.class.getSimpleName(),
                        BrokenAnswerException.class.getSimpleName(),
                        "fine",
                        "fine");
        assertThat(sound.calls()).as("the lost answer was given").isEqualTo(4);
        assertThat(model.calls()).isEqualTo(6);
    }

    @Test
    void namesTheTimeAfterWhichToComeBack() {
        StepVerifier.create(FaultyChatModel.planned(sound, Fault.throttled(Duration.ofSeconds(2)))
                        .chat(REQUEST))
                .expectErrorSatisfies(failure ->
                        assertThat(((ThrottledException) failure).retryAfter()).isEqualTo(Duration.ofSeconds(2)))
                .verify(LIMIT);
    }

    @Test
    void holdsACallUp() {
        StepVerifier.withVirtualTime(() -> FaultyChatModel.planned(sound, Fault.late(Duration.ofSeconds(3)))
                        .chat(REQUEST)
                        .map(ChatResponse::text))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(3))
                .expectNext("fine")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void failsStreamsBeforeTheirFirstPiece() {
        FaultyChatModel model = FaultyChatModel.planned(sound, Fault.unavailable());
        StepVerifier.create(model.stream(REQUEST))
                .expectError(UnavailableException.class)
                .verify(LIMIT);
        StepVerifier.create(model.stream(REQUEST).map(ChatChunk::text))
                .expectNext("fine", "")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void losesTheAnswerOfACallThatReachedTheModel() {
        FaultyChatModel model = FaultyChatModel.planned(sound, Fault.reset(), Fault.truncated(), Fault.malformed());
        for (Class<?> expected :
                List.of(UnavailableException.class, BrokenAnswerException.class, BrokenAnswerException.class)) {
            StepVerifier.create(model.chat(REQUEST))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(expected)
                            .extracting(as -> ((RetriableException) as).answerLost())
                            .isEqualTo(true))
                    .verify(LIMIT);
        }
        assertThat(sound.calls()).isEqualTo(3);
    }

    @Test
    void cutsAStreamInItsMiddle() {
        FaultyChatModel model =
                FaultyChatModel.planned(ScriptedChatModel.answering("one two three"), Fault.truncated());
        StepVerifier.create(model.stream(REQUEST).map(ChatChunk::text))
                .expectNext("one ", "two ")
                .expectError(BrokenAnswerException.class)
                .verify(LIMIT);
    }

    @Test
    void namesTheStatusOfAnEndpointThatFails() {
        StepVerifier.create(
                        FaultyChatModel.planned(sound, Fault.unavailable(529)).chat(REQUEST))
                .expectErrorMessage("An injected fault: the endpoint failed (529).")
                .verify(LIMIT);
    }

    @Test
    void failsByChanceTheSameWayForTheSameSeed() {
        Fault[] kinds = {Fault.unavailable(), Fault.malformed()};
        List<String> once = outcomes(FaultyChatModel.random(sound, 7, 0.5, kinds), 200);

        assertThat(outcomes(FaultyChatModel.random(sound, 7, 0.5, kinds), 200)).isEqualTo(once);
        assertThat(outcomes(FaultyChatModel.random(sound, 8, 0.5, kinds), 200)).isNotEqualTo(once);
        assertThat(once).contains("fine", "UnavailableException", "BrokenAnswerException");
        assertThat(once.stream().filter("fine"::equals).count()).isBetween(70L, 130L);
    }

    @Test
    void refusesAProbabilityThatIsNone() {
        assertThatThrownBy(() -> FaultyChatModel.random(sound, 7, 1.5, Fault.malformed()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Random faults need a probability from 0 to 1, not 1.5, and at least one kind of fault, not 1.");
    }

    private static List<String> outcomes(FaultyChatModel model, int calls) {
        return Objects.requireNonNull(Flux.range(0, calls)
                .concatMap(call -> model.chat(REQUEST)
                        .map(ChatResponse::text)
                        .onErrorResume(failure -> Mono.just(failure.getClass().getSimpleName())))
                .collectList()
                .block(LIMIT));
    }
}
