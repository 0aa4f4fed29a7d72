package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.Phase;
import io.afnio4j.context.Priority;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class AdmissionChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ManualChatModel wire = new ManualChatModel();
    private final Callers callers = new Callers();

    private AdmissionChatModel places(int places) {
        return wire.behind(places, time);
    }

    /** A model that answers {@code gate} when the gate opens and everything else at once. */
    private static ScriptedChatModel gated(Sinks.One<ChatResponse> gate) {
        return ScriptedChatModel.builder()
                .responding(request -> ManualChatModel.textOf(request).equals("gate")
                        ? gate.asMono()
                        : Mono.just(ManualChatModel.response(ManualChatModel.textOf(request))))
                .build();
    }

    /** Breaks the rule that a subscriber never throws. */
    private static final class Dying implements CoreSubscriber<ChatResponse> {

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(ChatResponse answer) {
            throw new RuntimeException("thrown by the subscriber of a test", null, false, false) {
                private static final long serialVersionUID = 1L;
            };
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    @Nested
    class Places {

        @Test
        void aCallIsOnItsWayUntilItsCallerHearsOfItsEnd() {
            ChatModel answering = ScriptedChatModel.builder()
                    .responding(request -> ManualChatModel.textOf(request).equals("fail")
                            ? Mono.error(new UnavailableException("no", null))
                            : Mono.just(ManualChatModel.response("yes")))
                    .build();
            AdmissionChatModel model = new AdmissionChatModel(answering, Limits.defaults(), time);
            List<Integer> seen = new ArrayList<>();

            StepVerifier.create(model.chat(ask("a")).doOnNext(answer -> seen.add(model.inFlight())))
                    .expectNextCount(1)
                    .verifyComplete();
            StepVerifier.create(model.stream(ask("a"))
                            .doOnNext(chunk -> seen.add(model.inFlight()))
                            .doOnComplete(() -> seen.add(model.inFlight())))
                    .thenConsumeWhile(chunk -> true)
                    .verifyComplete();
            StepVerifier.create(model.chat(ask("fail")).doOnError(failure -> seen.add(model.inFlight())))
                    .verifyError(UnavailableException.class);

            assertThat(seen).first().isEqualTo(0);
            assertThat(seen.subList(1, seen.size() - 2)).isNotEmpty().containsOnly(1);
            assertThat(seen.subList(seen.size() - 2, seen.size())).containsExactly(0, 0);
            assertThat(model.inFlight()).isZero();
        }

        @Test
        void startsNothingBeforeASubscriptionAndOneCallForEach() {
            AdmissionChatModel model = places(8);
            Mono<String> call = model.chat(ask("a")).map(ChatResponse::text);
            assertThat(wire.started()).isEmpty();

            callers.subscribe("once", call);
            callers.subscribe("again", call);

            assertThat(wire.started()).containsExactly("a", "a");
        }

        @Test
        void letsOnlyAsManyInAsThereArePlaces() {
            AdmissionChatModel model = places(2);
            for (String question : List.of("a", "b", "c", "d")) {
                callers.ask(model, question);
            }
            assertThat(wire.started()).containsExactly("a", "b");
            assertThat(model.inFlight()).isEqualTo(2);
            assertThat(model.queued()).isEqualTo(2);

            wire.answer("b");

            assertThat(wire.started()).containsExactly("a", "b", "c");
            assertThat(callers.heard()).containsExactly("re: b");
        }

        @Test
        void letsTheMostUrgentGoFirstAndEqualsAsTheyCame() {
            AdmissionChatModel model = places(1);
            callers.ask(model, "first");
            callers.ask(model, "low", -1);
            callers.ask(model, "normal 1");
            callers.ask(model, "urgent 1", 7);
            callers.ask(model, "normal 2");
            callers.ask(model, "urgent 2", 7);

            for (String next : List.of("first", "urgent 1", "urgent 2", "normal 1", "normal 2")) {
                wire.answer(next);
            }

            assertThat(wire.started()).containsExactly("first", "urgent 1", "urgent 2", "normal 1", "normal 2", "low");
        }

        @Test
        void letsWhatAnAnswerSetsOffQueueBeforeTheNextIsChosen() {
            AdmissionChatModel model = places(1);
            callers.subscribe(
                    "a",
                    model.chat(ask("a"))
                            .flatMap(answer -> model.chat(ask("follows a")))
                            .map(ChatResponse::text)
                            .contextWrite(context -> Priority.put(context, 5)));
            callers.ask(model, "b");

            wire.answer("a");

            assertThat(wire.started()).containsExactly("a", "follows a");
        }

        @Test
        void givesThePlaceBackAfterAFailure() {
            AdmissionChatModel model = places(1);
            callers.ask(model, "a");
            callers.ask(model, "b");

            wire.fail("a", new UnavailableException("down", null));

            assertThat(wire.started()).containsExactly("a", "b");
            assertThat(callers.heard()).containsExactly("failed: a");
        }

        @Test
        void givesThePlaceBackWhereTheModelThrowsInsteadOfFailing() {
            AtomicInteger calls = new AtomicInteger();
            AdmissionChatModel model = new AdmissionChatModel(
                    new ChatModel() {
                        @Override
                        public String name() {
                            return "throwing/model";
                        }

                        @Override
                        public Mono<ChatResponse> chat(ChatRequest request) {
                            calls.incrementAndGet();
                            throw new IllegalStateException("thrown");
                        }
                    },
                    Limits.builder().maxConcurrency(1).build(),
                    time);

            callers.ask(model, "a");
            callers.ask(model, "b");

            assertThat(calls).hasValue(2);
            assertThat(model.inFlight()).isZero();
        }

        @Test
        void cancelsTheExchangeAndGivesThePlaceBackWhenCancelledInFlight() {
            AdmissionChatModel model = places(1);
            callers.ask(model, "a");
            callers.ask(model, "b");

            callers.cancel("a");
            time.advanceTimeBy(Callers.SOON);

            assertThat(wire.started()).containsExactly("a", "b");
            assertThat(wire.live()).isEqualTo(1);
            assertThat(model.inFlight()).isEqualTo(1);
        }

        @Test
        void forgetsACallerWhoIsCancelledInTheQueue() {
            AdmissionChatModel model = places(1);
            callers.ask(model, "a");
            callers.ask(model, "b");
            callers.ask(model, "c");

            callers.cancel("b");
            assertThat(model.queued()).isEqualTo(1);
            wire.answer("a");

            assertThat(wire.started()).containsExactly("a", "c");
        }

        @Test
        void doesNotSendWhatWasCalledOffAndDoesNotHoldItUpUntilItsStartIsDue() {
            AdmissionChatModel model = new AdmissionChatModel(
                    wire, Limits.builder().requestsPerMinute(1).build(), time);
            CallOff callOff = new CallOff();
            callers.ask(model, "a");
            for (String question : List.of("b", "c")) {
                callers.subscribe(
                        question,
                        model.chat(ask(question))
                                .map(ChatResponse::text)
                                .onErrorResume(CalledOffException.class, failure -> Mono.just("off: " + question))
                                .contextWrite(callOff::in));
            }
            callOff.callOff();
            wire.answer("a");

            assertThat(callers.heard()).containsExactly("off: b", "off: c", "re: a");
            assertThat(wire.started()).containsExactly("a");
            assertThat(model.inFlight()).isZero();
        }

        @Test
        void aTimeoutEndsTheWaitInTheQueue() {
            AdmissionChatModel model = places(1);
            callers.ask(model, "a");

            callers.subscribe(
                    "b",
                    model.chat(ask("b"))
                            .map(ChatResponse::text)
                            .timeout(Duration.ofMillis(200), Mono.just("too late"), time));
            time.advanceTimeBy(Duration.ofMillis(200));

            assertThat(callers.heard()).containsExactly("too late");
            assertThat(model.queued()).isZero();
            wire.answer("a");
            assertThat(wire.started()).containsExactly("a");
        }

        @Test
        void aQueuedSubscriberThatDiesDoesNotHoldUpTheOthers() {
            Sinks.One<ChatResponse> gate = Sinks.one();
            AdmissionChatModel model = new AdmissionChatModel(
                    gated(gate), Limits.builder().maxConcurrency(1).build(), time);
            callers.ask(model, "gate");
            model.chat(ask("b")).subscribe(new Dying());
            callers.ask(model, "c");

            gate.emitValue(ManualChatModel.response("gate"), Sinks.EmitFailureHandler.FAIL_FAST);

            assertThat(callers.heard()).containsExactly("re: gate", "re: c");
            assertThat(model.inFlight()).isZero();
        }

        @Test
        void handsOverAHundredThousandSynchronousCallsWithoutGrowingTheStack() {
            Sinks.One<ChatResponse> gate = Sinks.one();
            ScriptedChatModel script = gated(gate);
            AdmissionChatModel model = new AdmissionChatModel(
                    script, Limits.builder().maxConcurrency(1).build(), time);
            callers.ask(model, "gate");
            for (int i = 0; i < 100_000; i++) {
                callers.ask(model, "b");
            }
            assertThat(model.queued()).isEqualTo(100_000);

            gate.emitValue(ManualChatModel.response("gate"), Sinks.EmitFailureHandler.FAIL_FAST);

            assertThat(callers.heard()).hasSize(100_001);
            assertThat(Set.copyOf(callers.heard())).containsExactlyInAnyOrder("re: gate", "re: b");
            assertThat(script.mostInFlight()).isEqualTo(1);
            assertThat(model.inFlight()).isZero();
        }

        @Test
        void handsTheContextOn() {
            ScriptedChatModel script = ScriptedChatModel.builder()
                    .responding(request -> Mono.deferContextual(context ->
                            Mono.just(ManualChatModel.response(Phase.of(context) + " " + Priority.of(context)))))
                    .build();
            AdmissionChatModel model = new AdmissionChatModel(script, Limits.defaults(), time);

            StepVerifier.create(Phase.JUDGE
                            .of(model.chat(ask("a")).map(ChatResponse::text))
                            .contextWrite(context -> Priority.put(context, 3)))
                    .expectNext("re: JUDGE 3")
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Nested
    class Streams {

        private final TestPublisher<ChatChunk> pieces = TestPublisher.create();
        private final AdmissionChatModel model = new AdmissionChatModel(
                new ChatModel() {
                    @Override
                    public String name() {
                        return "streaming/model";
                    }

                    @Override
                    public Mono<ChatResponse> chat(ChatRequest request) {
                        return Mono.just(ManualChatModel.response("chat"));
                    }

                    @Override
                    public Flux<ChatChunk> stream(ChatRequest request) {
                        return pieces.flux();
                    }
                },
                Limits.builder().maxConcurrency(1).build(),
                time);

        @Test
        void holdThePlaceUntilTheLastPiece() {
            callers.subscribe("a", model.stream(ask("a")).map(ChatChunk::text));
            callers.ask(model, "b");

            pieces.next(new ChatChunk("one ", null, null));
            assertThat(model.queued()).isEqualTo(1);
            pieces.next(new ChatChunk("two", null, null)).complete();

            assertThat(callers.heard()).containsExactly("one ", "two", "re: chat");
        }

        @Test
        void giveThePlaceBackWhenCancelledBetweenPieces() {
            callers.subscribe("a", model.stream(ask("a")).map(ChatChunk::text));
            callers.ask(model, "b");
            pieces.next(new ChatChunk("one ", null, null));

            callers.cancel("a");
            time.advanceTimeBy(Callers.SOON);

            pieces.assertCancelled();
            assertThat(callers.heard()).containsExactly("one ", "re: chat");
            assertThat(model.inFlight()).isZero();
        }
    }
}
