package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.AfnioException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.Fault;
import io.afnio4j.model.script.FaultyChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class RetryingChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ScriptedChatModel wire = ScriptedChatModel.by(request -> "fine");
    private final List<String> heard = new ArrayList<>();
    private double chance;

    private int maxRetries = 5;

    /** To be called inside virtual time, where the default timers are virtual. */
    private RetryingChatModel around(ChatModel model) {
        ResilienceListener listener = new ResilienceListener() {
            @Override
            public void onRetry(RetryEvent event) {
                heard.add(event.attempt() + " " + event.pause().toMillis() + (event.answerLost() ? " lost" : ""));
            }
        };
        Limits limits = Limits.builder().maxRetries(maxRetries).build();
        return new RetryingChatModel(model, new RetryPolicy(limits, listener, Schedulers.parallel(), () -> chance));
    }

    private Mono<String> chat(Fault... plan) {
        return around(FaultyChatModel.planned(wire, plan)).chat(ask("a")).map(ChatResponse::text);
    }

    private static Fault failing(RetriableException failure) {
        return new Fault(Duration.ZERO, () -> failure, false);
    }

    @Nested
    class Waits {

        @Test
        void endsAtOnceWhenTheCallIsCalledOff() {
            CallOff callOff = new CallOff();
            StepVerifier.withVirtualTime(
                            () -> chat(Fault.throttled(Duration.ofSeconds(20))).contextWrite(callOff::in))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofSeconds(5))
                    .then(callOff::callOff)
                    .expectError(CalledOffException.class)
                    .verify(LIMIT);
            assertThat(wire.calls()).isZero();
        }

        @Test
        void endsAtOnceWhenTheStreamIsCalledOff() {
            CallOff callOff = new CallOff();
            StepVerifier.withVirtualTime(() ->
                            around(FaultyChatModel.planned(wire, Fault.throttled(Duration.ofSeconds(20)))).stream(
                                            ask("a"))
                                    .contextWrite(callOff::in))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofSeconds(5))
                    .then(callOff::callOff)
                    .expectError(CalledOffException.class)
                    .verify(LIMIT);
        }

        @Test
        void retriesAThrottledAnswerAfterTheTimeThatTheServerNamed() {
            StepVerifier.withVirtualTime(() -> chat(Fault.throttled(Duration.ofSeconds(20))))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(19_999))
                    .thenAwait(Duration.ofMillis(1))
                    .expectNext("fine")
                    .expectComplete()
                    .verify(LIMIT);
        }

        @Test
        void roundsTheServersTimeUpSoAsNotToComeTooEarly() {
            StepVerifier.withVirtualTime(() -> chat(Fault.throttled(Duration.ofNanos(2_000_000_001))))
                    .thenAwait(Duration.ofSeconds(9))
                    .expectNext("fine")
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(heard).containsExactly("1 2001");
        }

        @Test
        void doublesFromHalfASecondToEightSeconds() {
            maxRetries = 7;
            Fault down = Fault.unavailable();
            StepVerifier.withVirtualTime(() -> chat(down, down, down, down, down, down, down))
                    .thenAwait(Duration.ofMinutes(1))
                    .expectNext("fine")
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(heard).containsExactly("1 500", "2 1000", "3 2000", "4 4000", "5 8000", "6 8000", "7 8000");
        }

        @Test
        void shortensByChanceByUpToAQuarter() {
            chance = 1;
            StepVerifier.withVirtualTime(() -> chat(Fault.unavailable(), Fault.malformed()))
                    .thenAwait(Duration.ofMinutes(1))
                    .expectNext("fine")
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(heard).containsExactly("1 375", "2 750 lost");
        }

        @Test
        void waitsItsOwnTimeWhereTheServerNamesLess() {
            StepVerifier.withVirtualTime(() -> chat(Fault.throttled(Duration.ofMillis(10))))
                    .thenAwait(Duration.ofMinutes(1))
                    .expectNext("fine")
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(heard).containsExactly("1 500");
        }

        @Test
        void cancellingTheWaitSendsNothingMore() {
            StepVerifier.withVirtualTime(() -> chat(Fault.unavailable()))
                    .expectSubscription()
                    .expectNoEvent(Duration.ofMillis(499))
                    .thenCancel()
                    .verify(LIMIT);
            assertThat(wire.calls()).isZero();
            assertThat(heard).hasSize(1);
        }
    }

    @Nested
    class GivesUp {

        @Test
        void atOnceOnWhatNoRetryCanCure() {
            RejectedRequestException refused = new RejectedRequestException("The prompt is too long.");
            AtomicInteger calls = new AtomicInteger();
            ChatModel refusing = ScriptedChatModel.builder()
                    .responding(request -> Mono.error(() -> {
                        calls.incrementAndGet();
                        return refused;
                    }))
                    .build();
            StepVerifier.create(around(refusing).chat(ask("a")))
                    .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(refused))
                    .verify(LIMIT);
            assertThat(calls).hasValue(1);
        }

        @Test
        void atOnceOnAFailureThatIsNoneOfOurs() {
            StepVerifier.create(around(ScriptedChatModel.answering()).chat(ask("a")))
                    .expectError(IllegalStateException.class)
                    .verify(LIMIT);
            assertThat(heard).isEmpty();
        }

        @Test
        void atOnceWhereTheServerAsksForMoreThanAllowedAndSaysForHowLong() {
            ThrottledException throttled = new ThrottledException("Too many requests.", Duration.ofMinutes(10));
            StepVerifier.create(chat(failing(throttled)))
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(ThrottledException.class)
                            .hasMessage("Too many requests. The server asked for a wait of 600 s, longer than"
                                    + " ClientOptions.maxRetryWait (120 s) allows.")
                            .hasCause(throttled)
                            .extracting(as -> ((ThrottledException) as).retryAfter())
                            .isEqualTo(Duration.ofMinutes(10)))
                    .verify(LIMIT);
        }

        @Test
        void afterTheLastAttemptAndSaysHowManyThereWere() {
            maxRetries = 2;
            for (RetriableException last : List.of(
                    new UnavailableException("Down.", null),
                    UnavailableException.answerLost("Late.", Duration.ofSeconds(2), null),
                    new ThrottledException("Too many requests.", Duration.ofSeconds(1)),
                    new BrokenAnswerException("Cut.", null))) {
                StepVerifier.withVirtualTime(() -> chat(Fault.malformed(), Fault.unavailable(), failing(last)))
                        .thenAwait(Duration.ofMinutes(1))
                        .expectErrorSatisfies(failure -> assertThat(failure)
                                .isInstanceOf(last.getClass())
                                .hasMessage(last.getMessage() + " Gave up after 3 attempts.")
                                .hasCause(last)
                                .isInstanceOfSatisfying(RetriableException.class, told -> {
                                    assertThat(told.retryAfter()).isEqualTo(last.retryAfter());
                                    assertThat(told.answerLost()).isEqualTo(last.answerLost());
                                }))
                        .verify(LIMIT);
            }
        }

        @Test
        void withTheFailureItselfWhereThereWasOneAttempt() {
            maxRetries = 0;
            UnavailableException down = new UnavailableException("Down.", null);
            StepVerifier.create(chat(failing(down)))
                    .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(down))
                    .verify(LIMIT);
        }

        @Test
        void withAFailureOfATypeFromElsewhereAsItIs() {
            maxRetries = 1;
            class Peculiar extends RetriableException {
                private static final long serialVersionUID = 1L;

                Peculiar() {
                    super("Peculiar.", null, null);
                }
            }
            Peculiar peculiar = new Peculiar();
            StepVerifier.withVirtualTime(() -> chat(failing(peculiar), failing(peculiar)))
                    .thenAwait(Duration.ofMinutes(1))
                    .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(peculiar))
                    .verify(LIMIT);
        }
    }

    @Test
    void countsAttemptsForEachSubscriptionByItself() {
        maxRetries = 1;
        StepVerifier.withVirtualTime(() -> {
                    Mono<String> call = chat(Fault.unavailable(), Fault.NONE, Fault.unavailable(), Fault.NONE);
                    return call.concatWith(call);
                })
                .thenAwait(Duration.ofMinutes(1))
                .expectNext("fine", "fine")
                .expectComplete()
                .verify(LIMIT);
        assertThat(heard).containsExactly("1 500", "1 500");
    }

    @Nested
    class Streams {

        private final AtomicInteger calls = new AtomicInteger();

        private ChatModel streaming(List<Flux<ChatChunk>> attempts) {
            return new ChatModel() {
                @Override
                public String name() {
                    return "streaming/model";
                }

                @Override
                public Mono<ChatResponse> chat(ChatRequest request) {
                    return Mono.never();
                }

                @Override
                public Flux<ChatChunk> stream(ChatRequest request) {
                    return Flux.defer(() -> attempts.get(calls.getAndIncrement()));
                }
            };
        }

        private static Flux<ChatChunk> words(String... words) {
            return Flux.just(words).map(word -> new ChatChunk(word, null, null));
        }

        @Test
        void areAskedForAgainBeforeTheFirstPiece() {
            AfnioException down = new UnavailableException("Down.", null);
            StepVerifier.withVirtualTime(() -> around(streaming(List.of(Flux.error(down), words("a", "b")))).stream(
                                    ask("a"))
                            .map(ChatChunk::text))
                    .thenAwait(Duration.ofSeconds(1))
                    .expectNext("a", "b")
                    .expectComplete()
                    .verify(LIMIT);
        }

        @Test
        void areAskedForAgainWhereTheyToldNothingButTheirUsage() {
            ChatChunk usage = new ChatChunk("", null, Usage.of(5, 0));
            AfnioException cut = new BrokenAnswerException("Cut.", null);
            StepVerifier.withVirtualTime(() ->
                            around(streaming(List.of(Flux.just(usage).concatWith(Flux.error(cut)), words("a", "b"))))
                                    .stream(ask("a"))
                                    .map(ChatChunk::text))
                    .thenAwait(Duration.ofSeconds(1))
                    .expectNext("", "a", "b")
                    .expectComplete()
                    .verify(LIMIT);
        }

        @Test
        void failWithoutARetryOnceACallOfAToolWasHandedOn() {
            ChatChunk call = new ChatChunk("", List.of(new ToolCall("x", "f", "{}")), null, null, null);
            AfnioException cut = new BrokenAnswerException("Cut.", null);
            StepVerifier.withVirtualTime(() ->
                            around(streaming(List.of(Flux.just(call).concatWith(Flux.error(cut))))).stream(ask("a")))
                    .expectNext(call)
                    .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(cut))
                    .verify(LIMIT);
        }

        @Test
        void failWithoutARetryOnceAPieceWasHandedOn() {
            AfnioException cut = new BrokenAnswerException("Cut.", null);
            StepVerifier.withVirtualTime(() ->
                            around(streaming(List.of(words("a").concatWith(Flux.error(cut)), words("a", "b")))).stream(
                                            ask("a"))
                                    .map(ChatChunk::text))
                    .expectNext("a")
                    .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(cut))
                    .verify(LIMIT);
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void remembersWhyACallHadToBeSentAgainWhereItIsNot() {
        UnavailableException lost = UnavailableException.answerLost("cut", null);
        BudgetExceededException empty = new BudgetExceededException("no room");
        AtomicInteger attempts = new AtomicInteger();
        ScriptedChatModel losing = ScriptedChatModel.builder()
                .responding(request -> Mono.error(attempts.getAndIncrement() == 0 ? lost : empty))
                .build();
        StepVerifier.withVirtualTime(() -> around(losing).chat(ask("a")))
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(
                        thrown -> assertThat(thrown).isSameAs(empty).hasSuppressedException(lost))
                .verify(LIMIT);
    }
}
