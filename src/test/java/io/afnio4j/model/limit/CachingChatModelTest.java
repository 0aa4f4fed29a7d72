package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.Phase;
import io.afnio4j.context.Sample;
import io.afnio4j.error.BadFileException;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.PermanentException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.AnswerCache;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class CachingChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicInteger asked = new AtomicInteger();
    private final ScriptedChatModel wire = ScriptedChatModel.by(request -> "answer " + asked.incrementAndGet());
    private final MemoryCache answers = MemoryCache.of(100);
    private final ChatModel model = around(wire, answers);

    private static ChatModel around(ChatModel wire, AnswerCache answers) {
        return new CachingChatModel(wire, answers, "");
    }

    /** The wire, of which only streams are wanted. */
    private ChatModel streaming(Supplier<Flux<ChatChunk>> pieces) {
        return new ChatModel() {
            @Override
            public String name() {
                return wire.name();
            }

            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.error(new AssertionError("it is streamed"));
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return pieces.get();
            }
        };
    }

    private void gives(Mono<ChatResponse> call, String text) {
        StepVerifier.create(call.map(ChatResponse::text))
                .expectNext(text)
                .expectComplete()
                .verify(LIMIT);
    }

    @Nested
    class Keys {

        @Test
        void giveTheSameAnswerToTheSameQuestion() {
            gives(model.chat(ask("a")), "answer 1");
            gives(model.chat(ask("a")), "answer 1");
            gives(model.chat(ask("b")), "answer 2");
            assertThat(wire.calls()).isEqualTo(2);
        }

        @Test
        void holdEachFieldOfTheRequestButNotTheOrderOfOptions() {
            List<ChatMessage> messages = List.of(ChatMessage.user("a"));
            CompletionOptions warm = CompletionOptions.NONE.temperature(0.5).seed(1);
            gives(model.chat(new ChatRequest(messages, warm)), "answer 1");
            gives(
                    model.chat(new ChatRequest(
                            messages, CompletionOptions.NONE.seed(1).temperature(0.5))),
                    "answer 1");
            gives(model.chat(new ChatRequest(messages, warm.seed(2))), "answer 2");
            gives(model.chat(ChatRequest.of(ChatMessage.system("a"))), "answer 3");
            gives(model.chat(ChatRequest.of(ChatMessage.user("a"), ChatMessage.user(""))), "answer 4");
        }

        @Test
        void holdTheModelAndItsPlace() {
            gives(model.chat(ask("a")), "answer 1");
            ChatModel other = ScriptedChatModel.builder()
                    .name("script/other")
                    .by(request -> "other")
                    .build();
            gives(around(other, answers).chat(ask("a")), "other");
            gives(new CachingChatModel(wire, answers, "http://localhost").chat(ask("a")), "answer 2");
        }

        @Test
        void keepSamplesApart() {
            gives(model.chat(ask("a")), "answer 1");
            gives(model.chat(ask("a")).contextWrite(context -> Sample.put(context, 1)), "answer 2");
            gives(model.chat(ask("a")).contextWrite(context -> Sample.put(context, 1)), "answer 2");
            gives(model.chat(ask("a")).contextWrite(context -> Sample.put(context, Sample.FIRST)), "answer 1");
        }
    }

    @Nested
    class Joined {

        private final ManualChatModel manual = new ManualChatModel();
        private final ChatModel joining = around(manual, answers);
        private final Callers callers = new Callers();

        private void ask(String who, String question) {
            callers.subscribe(
                    who,
                    joining.chat(ManualChatModel.ask(question))
                            .map(answer -> who + " hears " + answer.text())
                            .onErrorReturn(who + " fails"));
        }

        @Test
        void callsShareOneExchange() {
            ask("one", "a");
            ask("two", "a");
            ask("three", "b");
            assertThat(manual.started()).containsExactly("a", "b");
            manual.answer("a");
            assertThat(callers.heard()).containsExactly("one hears re: a", "two hears re: a");
        }

        @Test
        void streamsShareOneExchangeAndWhoComesLateHearsItFromTheBeginning() {
            Sinks.Many<ChatChunk> pieces = Sinks.many().unicast().onBackpressureBuffer();
            AtomicInteger streams = new AtomicInteger();
            ChatModel joint = around(
                    streaming(() -> pieces.asFlux().doOnSubscribe(started -> streams.incrementAndGet())), answers);
            Flux<String> words = joint.stream(ManualChatModel.ask("a")).map(ChatChunk::text);
            StepVerifier late = StepVerifier.create(words)
                    .expectNext("so ", "it is")
                    .expectComplete()
                    .verifyLater();
            StepVerifier.create(words)
                    .then(() ->
                            pieces.tryEmitNext(new ChatChunk("so ", null, null)).orThrow())
                    .expectNext("so ")
                    .then(() -> pieces.tryEmitNext(new ChatChunk("it is", FinishReason.STOP, Usage.NONE))
                            .orThrow())
                    .expectNext("it is")
                    .then(() -> pieces.tryEmitComplete().orThrow())
                    .expectComplete()
                    .verify(LIMIT);
            late.verify(LIMIT);
            assertThat(streams).hasValue(1);
        }

        @Test
        void callsGoOnUntilTheLastCallerHasLeft() {
            ask("one", "a");
            ask("two", "a");
            callers.cancel("one");
            assertThat(manual.live()).isEqualTo(1);
            callers.cancel("two");
            assertThat(manual.live()).isZero();

            ask("three", "a");
            assertThat(manual.started()).containsExactly("a", "a");
        }

        @Test
        void callsThatAnAnswerSetsOffGetItToo() {
            callers.subscribe(
                    "one",
                    joining.chat(ManualChatModel.ask("a"))
                            .flatMap(answer -> joining.chat(ManualChatModel.ask("a")))
                            .map(ChatResponse::text));
            ask("two", "a");
            manual.answer("a");
            assertThat(callers.heard()).containsExactly("re: a", "two hears re: a");
            assertThat(manual.started()).containsExactly("a");
        }

        private final Sinks.One<ChatResponse> first = Sinks.one();
        private final List<Phase> phases = new ArrayList<>();

        /** The first call fails when the test says so, the others are answered. */
        private ChatModel failingFirst() {
            return around(
                    ScriptedChatModel.builder()
                            .responding(asked -> Mono.deferContextual(context -> {
                                phases.add(Phase.of(context));
                                return phases.size() == 1 ? first.asMono() : Mono.just(ManualChatModel.response("a"));
                            }))
                            .build(),
                    answers);
        }

        static Stream<PermanentException> failuresOfOneCaller() {
            return Stream.of(new CalledOffException(), new BudgetExceededException("The budget for JUDGE is spent."));
        }

        @ParameterizedTest
        @MethodSource("failuresOfOneCaller")
        void callsAskForThemselvesWhereTheFirstOneFailsForReasonsOfItsOwn(PermanentException failure) {
            ChatModel failing = failingFirst();
            for (Phase phase : List.of(Phase.JUDGE, Phase.FORWARD)) {
                callers.subscribe(
                        phase.name(),
                        phase.of(failing.chat(ManualChatModel.ask("a")))
                                .map(answer -> phase + " hears " + answer.text())
                                .onErrorReturn(phase + " fails"));
            }
            first.tryEmitError(failure).orThrow();
            assertThat(callers.heard()).containsExactly("JUDGE fails", "FORWARD hears re: a");
            assertThat(phases).containsExactly(Phase.JUDGE, Phase.FORWARD);
        }

        @Test
        void callsThatWereAllCalledOffAreNotAskedAgain() {
            ChatModel failing = failingFirst();
            CallOff all = new CallOff();
            for (String who : List.of("one", "two")) {
                callers.subscribe(
                        who,
                        failing.chat(ManualChatModel.ask("a"))
                                .map(ChatResponse::text)
                                .onErrorReturn(who + " fails")
                                .contextWrite(all::in));
            }
            all.callOff();
            first.tryEmitError(new CalledOffException()).orThrow();
            assertThat(callers.heard()).containsExactly("one fails", "two fails");
            assertThat(phases).hasSize(1);
        }

        @Test
        void aCallThatIsCalledOffAloneLeavesTheOneThatItHasJoinedAtOnce() {
            CallOff own = new CallOff();
            ask("one", "a");
            callers.subscribe(
                    "two",
                    joining.chat(ManualChatModel.ask("a"))
                            .map(ChatResponse::text)
                            .onErrorReturn(CalledOffException.class, "two is called off")
                            .contextWrite(own::in));
            own.callOff();
            assertThat(callers.heard()).containsExactly("two is called off");

            manual.answer("a");
            assertThat(callers.heard()).containsExactly("two is called off", "one hears re: a");
        }

        @Test
        void anAnswerThatHasBegunIsHeardToItsEndByWhoeverIsCalledOff() {
            CallOff own = new CallOff();
            Sinks.Many<ChatChunk> pieces = Sinks.many().unicast().onBackpressureBuffer();
            ChatModel joint = around(streaming(pieces::asFlux), answers);
            callers.subscribe("one", joint.stream(ManualChatModel.ask("a")).then(Mono.empty()));
            StepVerifier.create(joint.stream(ManualChatModel.ask("a"))
                            .map(ChatChunk::text)
                            .contextWrite(own::in))
                    .then(() ->
                            pieces.tryEmitNext(new ChatChunk("so ", null, null)).orThrow())
                    .expectNext("so ")
                    .then(own::callOff)
                    .then(() -> pieces.tryEmitNext(new ChatChunk("it is", FinishReason.STOP, Usage.NONE))
                            .orThrow())
                    .expectNext("it is")
                    .then(() -> pieces.tryEmitComplete().orThrow())
                    .expectComplete()
                    .verify(LIMIT);
        }

        @Test
        void callsFailTogetherAndTheNextOneAsksAnew() {
            ask("one", "a");
            ask("two", "a");
            manual.fail("a", new UnavailableException("down", null));
            assertThat(callers.heard()).containsExactly("one fails", "two fails");
            ask("three", "a");
            assertThat(manual.started()).containsExactly("a", "a");
        }
    }

    @Test
    void aStreamIsKeptOnceItIsWholeAndGivenFromWhatIsKept() {
        StepVerifier.create(model.stream(ask("a")).take(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(model.stream(ask("a")).map(ChatChunk::text))
                .expectNext("answer ", "2", "")
                .expectComplete()
                .verify(LIMIT);
        gives(model.chat(ask("a")), "answer 2");
        StepVerifier.create(model.stream(ask("a")).map(ChatChunk::text))
                .expectNext("answer 2")
                .expectComplete()
                .verify(LIMIT);
        assertThat(wire.calls()).isEqualTo(2);
    }

    @Test
    void aStreamThatWasCutIsHandedOnAndNotKept() {
        ChatModel cutting = streaming(() -> Flux.just(new ChatChunk("half", FinishReason.LENGTH, Usage.NONE)));
        StepVerifier.create(around(cutting, answers).stream(ask("a")).map(ChatChunk::text))
                .expectNext("half")
                .expectComplete()
                .verify(LIMIT);
        gives(model.chat(ask("a")), "answer 1");
    }

    @Test
    void aStreamWithoutAPieceIsNoAnswerAndNotKept() {
        StepVerifier.create(around(streaming(Flux::empty), answers).stream(ask("a")))
                .expectComplete()
                .verify(LIMIT);
        gives(model.chat(ask("a")), "answer 1");
    }

    @Test
    void itCountsWhatCameOfLooking() {
        CachingChatModel counting = new CachingChatModel(wire, answers, "");
        gives(counting.chat(ask("a")), "answer 1");
        gives(counting.chat(ask("a")), "answer 1");
        StepVerifier.create(counting.stream(ask("b")))
                .expectNextCount(3)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(counting.stream(ask("b")))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(counting.use()).isEqualTo(new ClientLoad.CacheUse(2, 0, 2));
    }

    @Test
    void aPaidAnswerIsHandedOnWhereItCannotBeKeptButABrokenCacheIsToldBefore() {
        AnswerCache full = new AnswerCache() {
            @Override
            public Mono<ChatResponse> get(String key) {
                return Mono.empty();
            }

            @Override
            public Mono<Void> put(String key, ChatResponse answer) {
                return Mono.error(new BadFileException("The disk is full."));
            }
        };
        gives(around(wire, full).chat(ask("a")), "answer 1");
        AnswerCache broken = new AnswerCache() {
            @Override
            public Mono<ChatResponse> get(String key) {
                return Mono.error(new BadFileException("It is no cache."));
            }

            @Override
            public Mono<Void> put(String key, ChatResponse answer) {
                return Mono.empty();
            }
        };
        StepVerifier.create(around(wire, broken).chat(ask("a")))
                .expectError(BadFileException.class)
                .verify(LIMIT);
        assertThat(wire.calls()).isEqualTo(1);
    }
}
