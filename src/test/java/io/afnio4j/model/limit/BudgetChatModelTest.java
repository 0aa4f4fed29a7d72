package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.context.Phase;
import io.afnio4j.error.AfnioException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Limits;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.Price;
import io.afnio4j.model.Spending;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class BudgetChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** A dollar for a token read, ten for one written. */
    private static final Price PRICE = Price.perMillion("1000000", "10000000");

    private final ManualChatModel wire = new ManualChatModel();
    private final Callers callers = new Callers();
    private final UsageMeter meter = new UsageMeter();

    private BudgetChatModel budget(ChatModel model, Budget budget) {
        ChatModel metered = new MeteredChatModel(model, meter, PRICE, TokenEstimator.rough());
        return new BudgetChatModel(metered, budget, PRICE, TokenEstimator.rough());
    }

    private BudgetChatModel dollars(ChatModel model, String limit) {
        return budget(model, Budget.of(Allowance.NONE.dollars(limit)));
    }

    private BudgetChatModel dollars(String limit) {
        return dollars(wire, limit);
    }

    /** A budget around calls that are asked again so many times; what is asked counts its exchanges itself. */
    private static BudgetChatModel aroundRetries(ChatModel model, long times, String limit) {
        ChatModel retried = new ChatModelDecorator(model) {
            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return model.chat(request).retry(times);
            }
        };
        return new BudgetChatModel(retried, Budget.of(Allowance.NONE.dollars(limit)), PRICE, TokenEstimator.rough());
    }

    /** Each answer is lost, and may have been charged for. */
    private static ScriptedChatModel losing() {
        return ScriptedChatModel.builder()
                .responding(asked -> Mono.error(UnavailableException.answerLost("cut", null)))
                .build();
    }

    private void start(ChatModel model, ChatRequest request) {
        callers.subscribe("call", model.chat(request).map(ChatResponse::text).onErrorReturn("failed"));
    }

    private static Cost dollars(long amount) {
        return Cost.ofDollars(String.valueOf(amount));
    }

    /** Seven letters are three tokens and the frame is four; with five for the answer the reservation is 57 dollars. */
    private static ChatRequest request() {
        return new ChatRequest(List.of(ChatMessage.user("7 chars")), CompletionOptions.NONE.maxCompletionTokens(5));
    }

    private static void refuses(ChatModel model, ChatRequest request) {
        StepVerifier.create(model.chat(request))
                .expectError(BudgetExceededException.class)
                .verify(LIMIT);
    }

    @Test
    void reservesBeforeACallAndPaysTheRealUsageAfterwards() {
        BudgetChatModel model = dollars("57");
        start(model, request());
        assertThat(model.reserved()).isEqualTo(new Spending(dollars(57), 12, 1));
        assertThat(model.spent()).isEqualTo(Spending.NONE);

        wire.answer("7 chars");

        assertThat(model.reserved()).isEqualTo(Spending.NONE);
        assertThat(model.spent()).isEqualTo(new Spending(dollars(23), 5, 1)); // 3 read, 2 written, says the wire
    }

    @Test
    void settlesACallThatEndsWithoutAnAnswer() {
        BudgetChatModel model = dollars(
                ScriptedChatModel.builder().responding(asked -> Mono.empty()).build(), "57");
        StepVerifier.create(model.chat(request())).expectComplete().verify(LIMIT);
        assertThat(model.reserved()).isEqualTo(Spending.NONE);
        assertThat(model.spent()).isEqualTo(new Spending(dollars(57), 12, 1)); // nobody said that it was free
    }

    @Test
    void refusesWhatDoesNotFitAndSendsNothing() {
        BudgetChatModel model = dollars("56.99");
        StepVerifier.create(model.chat(request()))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BudgetExceededException.class)
                        .hasMessage("The budget of $56.9900 has no room for a call to manual/model: $0.0000 is spent,"
                                + " $0.0000 is reserved for calls in flight, and this one may use $57.0000. Raise the"
                                + " limit in ClientOptions, or lower max_completion_tokens."))
                .verify(LIMIT);
        assertThat(wire.started()).isEmpty();
        assertThat(model.reserved()).isEqualTo(Spending.NONE);
    }

    @Test
    void countsTheReservationsOfCallsInFlight() {
        BudgetChatModel model = dollars("100");
        start(model, request());

        refuses(model, request());
        wire.answer("7 chars");
        start(model, request());

        assertThat(wire.started()).hasSize(2);
    }

    @Test
    void takesAThousandTokensForAnAnswerWithoutALimit() {
        BudgetChatModel model = dollars("10006");
        start(model, ask("abcd"));
        assertThat(model.reserved().cost()).isEqualTo(dollars(10_006));
    }

    @Test
    void limitsTokensAndCallsToo() {
        BudgetChatModel tokens = budget(wire, Budget.of(Allowance.NONE.tokens(11)));
        StepVerifier.create(tokens.chat(request()))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BudgetExceededException.class)
                        .hasMessageStartingWith("The budget of 11 tokens has no room for a call to manual/model: 0 is"
                                + " spent, 0 are reserved for calls in flight, and this one may use 12."))
                .verify(LIMIT);
        BudgetChatModel calls = budget(ScriptedChatModel.by(asked -> "x"), Budget.of(Allowance.NONE.calls(2)));
        StepVerifier.create(calls.chat(request()).repeat(5).map(ChatResponse::text))
                .expectNext("x", "x")
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessage("The budget of 2 calls has no room for a call to script/model: 2 is spent, 0 are in"
                                + " flight, and this one may use 1. Raise the limit in ClientOptions."))
                .verify(LIMIT);
    }

    @Test
    void limitsAPhaseBesideTheTotal() {
        BudgetChatModel model = budget(
                ScriptedChatModel.by(asked -> "x"),
                Budget.of(Allowance.NONE.calls(3)).with(Phase.JUDGE, Allowance.NONE.calls(1)));
        StepVerifier.create(Phase.JUDGE.of(model.chat(request())).repeat(1).map(ChatResponse::text))
                .expectNext("x")
                .expectErrorSatisfies(failure ->
                        assertThat(failure).hasMessageStartingWith("The budget for JUDGE calls of 1 calls has no room"))
                .verify(LIMIT);
        StepVerifier.create(model.chat(request()).repeat(2).map(ChatResponse::text))
                .expectNext("x", "x")
                .expectErrorSatisfies(
                        failure -> assertThat(failure).hasMessageStartingWith("The budget of 3 calls has no room"))
                .verify(LIMIT);
    }

    @Nested
    class WhatDidNotEndWell {

        static List<AfnioException> free() {
            return List.of(
                    new ThrottledException("too many", null),
                    new UnavailableException("down", null),
                    new RejectedRequestException("no"));
        }

        static List<AfnioException> charged() {
            return List.of(
                    UnavailableException.answerLost("cut", null),
                    new BrokenAnswerException("half", null),
                    new IncompleteAnswerException("too long"));
        }

        @ParameterizedTest
        @MethodSource("free")
        void costsNothingWhereTheProviderRefused(AfnioException failure) {
            BudgetChatModel model = dollars("60");
            start(model, request());
            wire.fail("7 chars", failure);
            assertThat(model.reserved()).isEqualTo(Spending.NONE);
            assertThat(model.spent()).isEqualTo(Spending.NONE);
        }

        @ParameterizedTest
        @MethodSource("charged")
        void costsTheMostThatItMayHaveWhereTheAnswerIsLostOrUnusable(AfnioException failure) {
            BudgetChatModel model = dollars("60");
            start(model, request());
            wire.fail("7 chars", failure);
            assertThat(model.reserved()).isEqualTo(Spending.NONE);
            assertThat(model.spent()).isEqualTo(new Spending(dollars(57), 12, 1));
            assertThat(meter.total().assumedCost()).isEqualTo(dollars(57));
        }

        @Test
        void costsTheMostWhereTheCallerLeft() {
            BudgetChatModel model = dollars("60");
            start(model, request());

            callers.cancel("call");

            assertThat(wire.live()).isZero();
            assertThat(model.reserved()).isEqualTo(Spending.NONE);
            assertThat(model.spent().cost()).isEqualTo(dollars(57));
            assertThat(meter.total().cancelled()).isEqualTo(1);
        }

        @Test
        void costsNothingWhereTheCallerLeftTheQueueBeforeAnythingWasSent() {
            ChatModel metered = new MeteredChatModel(wire, meter, PRICE, TokenEstimator.rough());
            BudgetChatModel model = new BudgetChatModel(
                    new AdmissionChatModel(
                            metered, Limits.builder().maxConcurrency(1).build(), Schedulers.parallel()),
                    Budget.of(Allowance.NONE.dollars("20000")),
                    PRICE,
                    TokenEstimator.rough());
            callers.ask(model, "a");
            start(model, request());

            callers.cancel("call");
            wire.answer("a");

            assertThat(model.reserved()).isEqualTo(Spending.NONE);
            assertThat(model.spent().cost()).isEqualTo(dollars(23));
        }

        @Test
        void aFurtherAttemptNeedsRoomOfItsOwnOnceOneWasCharged() {
            ScriptedChatModel losing = losing();
            ChatModel metered = new MeteredChatModel(losing, meter, PRICE, TokenEstimator.rough());
            BudgetChatModel model = aroundRetries(metered, 9, "120");
            refuses(model, request());
            assertThat(losing.calls()).isEqualTo(2);
            assertThat(model.spent().cost()).isEqualTo(dollars(114));
            assertThat(model.reserved()).isEqualTo(Spending.NONE);
        }
    }

    @Test
    void estimatesFromTheTextsWhereTheProviderReportsNoUsage() {
        ScriptedChatModel silent =
                ScriptedChatModel.builder().answering("four").usage(Usage.NONE).build();
        BudgetChatModel model = dollars(silent, "60");
        StepVerifier.create(model.chat(request()).map(ChatResponse::text))
                .expectNext("four")
                .expectComplete()
                .verify(LIMIT);
        assertThat(model.spent().cost()).isEqualTo(dollars(27)); // 7 read, 2 written
    }

    @Test
    void paysForAStreamByItsReportedUsage() {
        BudgetChatModel model = dollars(ScriptedChatModel.answering("two words"), "60");
        StepVerifier.create(model.stream(request()).map(ChatChunk::text))
                .expectNext("two ", "words", "")
                .expectComplete()
                .verify(LIMIT);
        assertThat(model.spent().cost()).isEqualTo(dollars(22)); // 2 words read, 2 written
        assertThat(model.reserved()).isEqualTo(Spending.NONE);
    }

    @Test
    void paysWhatCameOfAStreamThatEndsEarly() {
        TestPublisher<ChatChunk> pieces = TestPublisher.create();
        BudgetChatModel model = dollars(streaming(pieces), "60");
        Disposable stream = model.stream(request()).subscribe();
        pieces.next(new ChatChunk("four", null, null));

        stream.dispose();

        pieces.assertCancelled();
        assertThat(model.spent().cost()).isEqualTo(dollars(27));
        assertThat(model.reserved()).isEqualTo(Spending.NONE);
    }

    private static ChatModel streaming(TestPublisher<ChatChunk> pieces) {
        return new ChatModelDecorator(ScriptedChatModel.answering()) {
            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.never();
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return pieces.flux();
            }
        };
    }

    @Test
    void givesItsRoomBackWhereABudgetAroundItRefusesTheFurtherAttempt() {
        BudgetChatModel inner = dollars(losing(), "1000");
        BudgetChatModel outer = aroundRetries(inner, 1, "60");

        refuses(outer, request());

        assertThat(inner.spent().cost()).isEqualTo(dollars(57));
        assertThat(inner.reserved()).isEqualTo(Spending.NONE);
        assertThat(outer.reserved()).isEqualTo(Spending.NONE);
    }

    @Test
    void needsAKnownPriceForALimitOnCostOnly() {
        Budget phase = Budget.NONE.with(Phase.JUDGE, Allowance.NONE.dollars("1"));
        assertThatThrownBy(() -> new BudgetChatModel(wire, phase, null, TokenEstimator.rough()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The price of manual/model isn't known, so a limit on its cost can't be kept. Give it with"
                        + " ClientOptions.price.");
        BudgetChatModel calls =
                new BudgetChatModel(wire, Budget.of(Allowance.NONE.calls(1)), null, TokenEstimator.rough());
        assertThat(calls.name()).isEqualTo("manual/model");
    }
}
