package io.afnio4j.model.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class ScriptedChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ChatRequest REQUEST = ChatRequest.of(ChatMessage.user("The capital of France?"));

    @Test
    void givesItsAnswersInOrderOneForEachSubscription() {
        ScriptedChatModel model = ScriptedChatModel.answering("Paris", "Rome");
        Mono<String> call = model.chat(REQUEST).map(ChatResponse::text);
        assertThat(model.calls()).isZero();
        StepVerifier.create(call.concatWith(call))
                .expectNext("Paris", "Rome")
                .expectComplete()
                .verify(LIMIT);
        assertThat(model.requests()).containsExactly(REQUEST, REQUEST);
    }

    @Test
    void saysSoWhenTheScriptHasRunOut() {
        ScriptedChatModel model = ScriptedChatModel.answering("Paris");
        StepVerifier.create(model.chat(REQUEST).then(model.chat(REQUEST)))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage(
                                "The script ran out: it has 1 answer(s), and this is call 2. Give it more, or compute"
                                        + " them with ScriptedChatModel.by(...)."))
                .verify(LIMIT);
        assertThat(model.inFlight()).isZero();
    }

    @Test
    void computesItsAnswersAndCountsAWordAsAToken() {
        ScriptedChatModel model = ScriptedChatModel.by(
                request -> request.messages().get(0).text().toUpperCase(java.util.Locale.ROOT) + " Paris.");
        StepVerifier.create(model.chat(REQUEST))
                .expectNext(new ChatResponse(
                        "THE CAPITAL OF FRANCE? Paris.", FinishReason.STOP, Usage.of(4, 5), "script/model"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void handsOnWhatTheScriptThrows() {
        ScriptedChatModel model = ScriptedChatModel.by(request -> {
            throw new UnsupportedOperationException("on purpose");
        });
        StepVerifier.create(model.chat(REQUEST))
                .expectErrorMessage("on purpose")
                .verify(LIMIT);
        assertThat(model.inFlight()).isZero();
    }

    @Test
    @SuppressWarnings("NullAway") // that is what it is about
    void saysSoWhereTheFunctionGivesNull() {
        StepVerifier.create(ScriptedChatModel.by(request -> null).chat(REQUEST))
                .expectErrorMessage("The script's function gave null for an answer. Give it words.")
                .verify(LIMIT);
    }

    @Test
    void streamsWordByWordAndEndsWithTheUsage() {
        ScriptedChatModel model = ScriptedChatModel.builder()
                .answering("Paris,  of course.\n")
                .usage(Usage.of(9, 9))
                .build();
        StepVerifier.create(model.stream(REQUEST))
                .expectNext(new ChatChunk("Paris,  ", null, null))
                .expectNext(new ChatChunk("of ", null, null))
                .expectNext(new ChatChunk("course.\n", null, null))
                .expectNext(new ChatChunk("", List.of(), FinishReason.STOP, Usage.of(9, 9), model.name()))
                .expectComplete()
                .verify(LIMIT);
        assertThat(model.calls()).isEqualTo(1);
    }

    @Test
    void takesTheTimeThatItIsToldToTakeAndCountsWhatIsInFlight() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        ScriptedChatModel model = ScriptedChatModel.builder()
                .by(request -> "fine")
                .delay(Duration.ofSeconds(2))
                .timers(time)
                .build();
        Disposable first = model.chat(REQUEST).subscribe();
        StepVerifier.create(Flux.merge(model.chat(REQUEST), model.chat(REQUEST)))
                .then(() -> assertThat(model.inFlight()).isEqualTo(3))
                .then(first::dispose)
                .then(() -> assertThat(model.inFlight()).isEqualTo(2))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(2)))
                .expectNextCount(2)
                .expectComplete()
                .verify(LIMIT);
        assertThat(model.inFlight()).isZero();
        assertThat(model.mostInFlight()).isEqualTo(3);
    }

    @Test
    void delaysAreMeasuredInVirtualTimeWheneverItBeganAndEnded() {
        ScriptedChatModel before = delayed(Duration.ofHours(1));
        FaultyChatModel held =
                FaultyChatModel.planned(ScriptedChatModel.answering("late"), Fault.late(Duration.ofHours(1)));
        ScriptedChatModel[] within = new ScriptedChatModel[1];

        StepVerifier.withVirtualTime(() -> {
                    within[0] = delayed(Duration.ofMillis(1));
                    return Mono.when(before.chat(REQUEST), held.chat(REQUEST));
                })
                .thenAwait(Duration.ofHours(1))
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(within[0].chat(REQUEST))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    private static ScriptedChatModel delayed(Duration time) {
        return ScriptedChatModel.builder().answering("late").delay(time).build();
    }
}
