package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Streams usually begin after 100 ms here; each that the test speaks for is its own to begin and end. */
class HedgedStreamsTest {

    private static final int TYPICAL = 40;
    private static final ChatChunk END = new ChatChunk("", FinishReason.STOP, Usage.of(3, 2));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final UsageMeter meter = new UsageMeter();
    private final Callers callers = new Callers();
    private final List<TestPublisher<ChatChunk>> streams = new ArrayList<>();
    private final ChatModel wire = new ChatModel() {
        @Override
        public String name() {
            return "streaming/model";
        }

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            return Mono.error(new AssertionError("Streams are asked for."));
        }

        @Override
        public Flux<ChatChunk> stream(ChatRequest request) {
            if (ManualChatModel.textOf(request).equals("typical")) {
                return Flux.just(word("x"), END).delaySubscription(Duration.ofMillis(100), time);
            }
            return Flux.defer(() -> {
                TestPublisher<ChatChunk> stream = TestPublisher.create();
                streams.add(stream);
                return stream.flux();
            });
        }
    };
    private final ResilientChatModel model = model(Budget.NONE);

    private ResilientChatModel model(Budget budget) {
        return Resilience.around(
                wire,
                ClientOptions.builder()
                        .limits(Limits.builder()
                                .hedging(true)
                                .maxRetries(0)
                                .maxConcurrency(2)
                                .build())
                        .budget(budget)
                        .build(),
                meter,
                ResilienceListener.NONE,
                time);
    }

    private static ChatChunk word(String text) {
        return new ChatChunk(text, null, null);
    }

    private void learnWhatIsUsual(ChatModel client) {
        for (int i = 0; i < TYPICAL; i++) {
            ask(client, "typical");
            time.advanceTimeBy(Duration.ofMillis(100));
        }
        callers.heard().clear();
    }

    private void ask(ChatModel client, String question) {
        callers.subscribe(
                question,
                client.stream(ManualChatModel.ask(question))
                        .map(ChatChunk::text)
                        .filter(text -> !text.isEmpty())
                        .concatWithValues("end")
                        .onErrorResume(failure -> Mono.just(String.valueOf(failure.getMessage()))));
    }

    @BeforeEach
    void learn() {
        learnWhatIsUsual(model);
    }

    @Test
    void asksAgainWhereNoPieceCameInTheUsualTimeAndTheStreamThatBeginsFirstGoesOnAlone() {
        ask(model, "slow");
        time.advanceTimeBy(Duration.ofMillis(99));
        assertThat(streams).hasSize(1);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(streams).hasSize(2);
        assertThat(model.load().hedges()).isEqualTo(1);

        streams.get(1).next(word("second"));
        streams.get(0).assertCancelled();
        streams.get(1).next(word("goes on"), END).complete();

        assertThat(callers.heard()).containsExactly("second", "goes on", "end");
        assertThat(model.load().inFlight()).isZero();
        assertThat(meter.total().cancelled()).isEqualTo(1);
        assertThat(meter.total().calls()).isEqualTo(TYPICAL + 1);
    }

    @Test
    void oneThatEndsWithoutAPieceIsOverAndIsNotAskedForAgain() {
        ask(model, "silent");
        streams.get(0).complete();
        time.advanceTimeBy(Duration.ofMillis(100));

        assertThat(callers.heard()).containsExactly("end");
        assertThat(streams).hasSize(1);
    }

    @Test
    void theFirstOneGoesOnWhereItBeginsFirstAfterAll() {
        ask(model, "slow");
        time.advanceTimeBy(Duration.ofMillis(100));

        streams.get(0).next(word("first"), END).complete();

        streams.get(1).assertCancelled();
        assertThat(callers.heard()).containsExactly("first", "end");
        assertThat(model.load().inFlight()).isZero();
    }

    @Test
    void aStreamThatHasBegunMayTakeAsLongAsItLikes() {
        ask(model, "long");
        time.advanceTimeBy(Duration.ofMillis(50));
        streams.get(0).next(word("begun"));

        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(streams).hasSize(1);
    }

    @Test
    void theFailureOfOneIsNotTheFailureOfTheOther() {
        ask(model, "one");
        time.advanceTimeBy(Duration.ofMillis(100));
        streams.get(0).error(new UnavailableException("the first is down", null));
        streams.get(1).next(word("second"), END).complete();

        assertThat(callers.heard()).containsExactly("second", "end");
        assertThat(model.load().inFlight()).isZero();
    }

    @Test
    void failsWithTheFirstFailureWhereBothFailAndAtOnceWhereThereIsOnlyOne() {
        ask(model, "alone");
        streams.get(0).error(new UnavailableException("alone", null));
        ask(model, "both");
        time.advanceTimeBy(Duration.ofMillis(100));
        streams.get(1).error(new UnavailableException("the first of both", null));
        streams.get(2).error(new UnavailableException("the second of both", null));

        assertThat(callers.heard()).containsExactly("alone", "the first of both");
        assertThat(model.load().inFlight()).isZero();
    }

    @Test
    void aFailureInTheMiddleIsThatOfTheCallForTheReaderCannotUnread() {
        ask(model, "slow");
        time.advanceTimeBy(Duration.ofMillis(100));

        streams.get(1).next(word("second")).error(new UnavailableException("cut", null));

        streams.get(0).assertCancelled();
        assertThat(callers.heard()).containsExactly("second", "cut");
        assertThat(model.load().inFlight()).isZero();
    }

    @Test
    void cancelsBothWhereTheReaderLeaves() {
        ask(model, "slow");
        time.advanceTimeBy(Duration.ofMillis(100));
        assertThat(model.load().inFlight()).isEqualTo(2);

        callers.cancel("slow");

        streams.get(0).assertCancelled();
        streams.get(1).assertCancelled();
        assertThat(model.load().inFlight()).isZero();
    }

    @Test
    void readsAheadOfNobodyAndDoesNotTakeAReaderWhoWaitsForASlowStream() {
        StepVerifier.create(model.stream(ManualChatModel.ask("slow")), 0)
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .then(() -> assertThat(streams).hasSize(1))
                .thenRequest(1)
                .then(() -> streams.get(0).assertMaxRequested(1).next(word("one")))
                .expectNext(word("one"))
                .thenRequest(1)
                .then(() -> streams.get(0).next(word("two")))
                .expectNext(word("two"))
                .thenCancel()
                .verify(Duration.ofSeconds(20));
    }

    @Test
    void asksOnlyOnceWhereTheBudgetHasNoRoomForASecondStream() {
        ResilientChatModel limited = model(Budget.of(Allowance.NONE.calls(TYPICAL + 1)));
        learnWhatIsUsual(limited);

        ask(limited, "slow");
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(streams).hasSize(1);
        streams.get(0).next(word("first"), END).complete();

        assertThat(callers.heard()).containsExactly("first", "end");
        assertThat(limited.load().hedges()).isZero();
    }
}
