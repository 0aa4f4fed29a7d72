package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.CircuitOpenException;
import io.afnio4j.error.EndpointFailedException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Breaker;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Limits;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class BreakerChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Breaker POLICY = new Breaker(50, 4, Duration.ofSeconds(10));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<BreakerState> heard = new ArrayList<>();
    private Throwable failure = new UnavailableException("down", null);
    private boolean failing = true;
    private boolean silent;
    private boolean slow;
    private final ScriptedChatModel wire = ScriptedChatModel.builder()
            .responding(request -> silent
                    ? Mono.never()
                    : slow
                            ? Mono.delay(Duration.ofMinutes(3), time).thenReturn(ManualChatModel.response("fine"))
                            : failing ? Mono.error(failure) : Mono.just(ManualChatModel.response("fine")))
            .build();
    private final BreakerChatModel model = new BreakerChatModel(wire, POLICY, listener(), time);

    private ResilienceListener listener() {
        return new ResilienceListener() {
            @Override
            public void onBreaker(BreakerState state) {
                heard.add(state);
            }
        };
    }

    private String call(boolean streamed) {
        return Objects.requireNonNull((streamed
                        ? model.stream(ask("a")).last().map(chunk -> "fine")
                        : model.chat(ask("a")).map(answer -> "fine"))
                .onErrorResume(thrown -> Mono.just(thrown.getClass().getSimpleName()))
                .block(LIMIT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void opensWhenTooManyFailAndSendsNothingUntilItsTimeIsOver(boolean streamed) {
        for (int i = 0; i < 4; i++) {
            assertThat(call(streamed)).isEqualTo("UnavailableException");
        }
        assertThat(model.state()).isEqualTo(BreakerState.OPEN);
        assertThat(call(streamed)).isEqualTo("CircuitOpenException");
        time.advanceTimeBy(Duration.ofMillis(9_999));
        assertThat(call(streamed)).isEqualTo("CircuitOpenException");
        assertThat(wire.calls()).isEqualTo(4);

        time.advanceTimeBy(Duration.ofMillis(2));
        failing = false;
        for (int i = 0; i < 4; i++) {
            assertThat(call(streamed)).isEqualTo("fine");
        }
        assertThat(model.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(heard).containsExactly(BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED);
    }

    @Test
    void countsAnEndpointThatSaysThatItFailsForGood() {
        failure = new EndpointFailedException("down");
        for (int i = 0; i < 4; i++) {
            assertThat(call(false)).isEqualTo("EndpointFailedException");
        }
        assertThat(model.state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void takesAnswersThatTakeMinutesForGoodOnes() {
        slow = true;
        for (int i = 0; i < 20; i++) {
            StepVerifier.create(model.chat(ask("a")))
                    .then(() -> time.advanceTimeBy(Duration.ofMinutes(3)))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(LIMIT);
        }
        assertThat(model.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(heard).isEmpty();
    }

    @Test
    void countsAnAnswerWhoseCallerLeavesAsSoonAsItHasIt() {
        for (int i = 0; i < 4; i++) {
            assertThat(call(false)).isEqualTo("UnavailableException");
        }
        time.advanceTimeBy(Duration.ofSeconds(11));
        failing = false;
        for (int i = 0; i < 4; i++) {
            assertThat(model.chat(ask("a")).flux().next().block(LIMIT)).isNotNull();
        }
        assertThat(model.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void saysWhenTheNextTrialIsDue() {
        for (int i = 0; i < 4; i++) {
            assertThat(call(false)).isEqualTo("UnavailableException");
        }
        time.advanceTimeBy(Duration.ofSeconds(4));
        StepVerifier.create(model.chat(ask("a")))
                .expectErrorSatisfies(thrown -> assertThat(thrown)
                        .isInstanceOf(CircuitOpenException.class)
                        .hasMessage("Nothing was sent to script/model: it failed too often a moment ago, so its circuit"
                                + " breaker is open.")
                        .extracting(as -> ((CircuitOpenException) as).retryAfter())
                        .isEqualTo(Duration.ofSeconds(6)))
                .verify(LIMIT);
    }

    @Test
    void isNotOpenedByThrottledOrRefusedCalls() {
        RejectedRequestException refusal = new RejectedRequestException("no");
        for (Throwable harmless : List.of(
                new ThrottledException("too many", null),
                refusal,
                new UnavailableException("not in this form", null, refusal))) {
            failure = harmless;
            for (int i = 0; i < 20; i++) {
                assertThat(call(false)).isEqualTo(harmless.getClass().getSimpleName());
            }
        }
        assertThat(model.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void aCancelledTrialMakesRoomForAnother() {
        for (int i = 0; i < 4; i++) {
            assertThat(call(false)).isEqualTo("UnavailableException");
        }
        time.advanceTimeBy(Duration.ofSeconds(11));
        silent = true;
        for (int i = 0; i < 20; i++) {
            model.chat(ask("a")).subscribe().dispose();
        }
        assertThat(wire.calls()).isEqualTo(24);
        silent = false;
        failing = false;
        assertThat(call(false)).isEqualTo("fine");
    }

    @Test
    void trialsThatNeverEndMakeRoomForOthersOnceTheyHadTheirTime() {
        for (int i = 0; i < 4; i++) {
            assertThat(call(false)).isEqualTo("UnavailableException");
        }
        time.advanceTimeBy(Duration.ofSeconds(11));
        silent = true;
        List<Disposable> trials = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            trials.add(model.chat(ask("a")).subscribe(answer -> {}, refusal -> {}));
        }
        silent = false;
        failing = false;
        time.advanceTimeBy(Duration.ofSeconds(9));
        assertThat(call(false)).isEqualTo("CircuitOpenException");
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(call(false)).isEqualTo("fine");
        trials.forEach(Disposable::dispose);
        silent = true;
        for (int i = 0; i < 10; i++) {
            trials.add(model.chat(ask("a")).subscribe(answer -> {}, refusal -> {}));
        }
        assertThat(wire.calls()).as("who was replaced leaves no further room").isEqualTo(12);
        silent = false;
        time.advanceTimeBy(Duration.ofSeconds(10));
        for (int i = 0; i < 3; i++) {
            assertThat(call(false)).isEqualTo("fine");
        }
        assertThat(model.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void aCallWaitsForTheBreakerWithoutUsingUpAnAttemptAndGivesUpAfterTheLongestWait() {
        ScriptedChatModel dead = ScriptedChatModel.builder()
                .responding(request -> Mono.error(new UnavailableException("down", null)))
                .build();
        AtomicReference<ResilientChatModel> made = new AtomicReference<>();
        StepVerifier.withVirtualTime(() -> {
                    Limits limits = Limits.builder()
                            .breaker(POLICY)
                            .maxRetries(100)
                            .maxRetryWait(Duration.ofSeconds(35))
                            .build();
                    ResilientChatModel client = Resilience.around(
                            dead,
                            ClientOptions.builder().limits(limits).build(),
                            new UsageMeter(),
                            ResilienceListener.NONE,
                            Schedulers.parallel());
                    made.set(client);
                    return client.chat(ask("a")).map(ChatResponse::text);
                })
                .thenAwait(Duration.ofMinutes(10))
                .expectErrorSatisfies(thrown -> assertThat(thrown)
                        .isInstanceOf(CircuitOpenException.class)
                        .hasMessageContaining("breaker is open"))
                .verify(LIMIT);
        assertThat(dead.calls()).isBetween(5, 60);
        // Waits for the breaker aren't among them; after the last attempt the call meant to be sent again.
        assertThat(made.get().load().retries()).isEqualTo(dead.calls());
    }
}
