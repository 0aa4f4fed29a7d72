package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static io.afnio4j.testing.Await.now;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.context.Phase;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.CircuitOpenException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Breaker;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Price;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Embeddings behind the limits, retries, meters and budgets of chats. A text counts as seven tokens where it has nine
 * letters.
 */
class ResilientEmbeddingModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String WORD = "nine_long";

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final UsageMeter meter = new UsageMeter();
    private final EmbeddingWire wire = new EmbeddingWire(time);

    private ResilientEmbeddingModel around(ClientOptions.Builder options) {
        return Resilience.around(wire, options.build(), meter, ResilienceListener.NONE, time);
    }

    private static ClientOptions.Builder options() {
        return ClientOptions.builder().price(Price.perMillion("1000000", "0"));
    }

    private static List<String> texts(int many) {
        return IntStream.range(0, many).mapToObj(String::valueOf).toList();
    }

    @Test
    void sendsAgainOnlyTheRequestThatFailedAndKeepsTheOrderOfTheTexts() {
        wire.answer = (texts, attempt) -> attempt == 1 && texts.contains("2")
                ? Mono.error(new UnavailableException("down", null))
                : Mono.just(wire.vectors(texts));

        StepVerifier.create(around(options()).embed(texts(6)))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .assertNext(all -> {
                    assertThat(all.vectors()).extracting(vector -> vector[0]).containsExactly(0f, 1f, 2f, 3f, 4f, 5f);
                    assertThat(all.usage()).isEqualTo(Usage.of(6, 0));
                    assertThat(all.model()).isEqualTo("wire-1");
                })
                .expectComplete()
                .verify(LIMIT);

        assertThat(wire.sent)
                .containsExactly(List.of("0", "1"), List.of("2", "3"), List.of("4", "5"), List.of("2", "3"));
    }

    @Test
    void givesUpAfterTheLastAttemptAndWaitsForWhatIsOnItsWay() {
        wire.answer = (texts, attempt) -> texts.contains("2")
                ? Mono.error(new UnavailableException("down", null))
                : Mono.just(wire.vectors(texts)).delayElement(Duration.ofSeconds(9), time);
        ResilientEmbeddingModel model = around(options().maxConcurrency(2).maxRetries(1));

        StepVerifier.create(model.embed(texts(6)))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(9)))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessage("down Gave up after 2 attempts."))
                .verify(LIMIT);

        assertThat(wire.sent).containsExactly(List.of("0", "1"), List.of("2", "3"), List.of("2", "3"));
        assertThat(model.usage().total().calls()).isEqualTo(1);
        assertThat(model.load().inFlight()).isZero();
    }

    @Test
    void sendsWhatNoRetryCanCureOnce() {
        wire.answer = (texts, attempt) -> Mono.error(new RejectedRequestException("too long"));

        StepVerifier.create(around(options()).embed(List.of("a")))
                .expectError(RejectedRequestException.class)
                .verify(LIMIT);

        assertThat(wire.sent).hasSize(1);
    }

    @Test
    void hasNoMoreRequestsInFlightThanItMayAndGivesTheirPlacesBackWhenCancelled() {
        wire.answer = (texts, attempt) -> Mono.never();
        ResilientEmbeddingModel model = around(options().maxConcurrency(3));

        var first = model.embed(texts(100)).subscribe();
        var second = model.embed(texts(2)).subscribe();

        assertThat(wire.sent).hasSize(3);
        assertThat(model.load().inFlight()).isEqualTo(3);
        assertThat(model.load().queued()).isEqualTo(1);
        first.dispose();
        time.advanceTimeBy(Callers.SOON);
        assertThat(wire.sent).hasSize(4);
        second.dispose();
        assertThat(model.load().inFlight()).isZero();
    }

    @Test
    void oneThrottledAnswerHoldsAllUntilTheTimeThatItNames() {
        wire.answer = (texts, attempt) -> attempt == 1 && texts.contains("0")
                ? Mono.error(new ThrottledException("slow down", Duration.ofSeconds(30)))
                : Mono.just(wire.vectors(texts));
        ResilientEmbeddingModel model = around(options().maxConcurrency(1));

        StepVerifier.create(model.embed(texts(4)))
                .then(() -> time.advanceTimeBy(Duration.ofMillis(29_999)))
                .then(() -> assertThat(wire.sent).hasSize(1))
                .then(() -> time.advanceTimeBy(Duration.ofMillis(1)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(model.load().throttled()).isEqualTo(1);
    }

    @Test
    void startsNoMoreRequestsAMinuteThanItMay() {
        StepVerifier.create(around(options().requestsPerMinute(60)).embed(texts(400)))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(4)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(wire.sent).hasSize(200);
        assertThat(wire.mostIn(Duration.ofMinutes(1), texts -> 1)).isLessThanOrEqualTo(60);
    }

    @Test
    void usesNoMoreTokensAMinuteThanItMay() {
        wire.tokensOf = texts -> 7L * texts.size();

        StepVerifier.create(around(options().tokensPerMinute(140))
                        .embed(IntStream.range(0, 60).mapToObj(i -> WORD).toList()))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(5)))
                .assertNext(all -> assertThat(all.usage()).isEqualTo(Usage.of(420, 0)))
                .expectComplete()
                .verify(LIMIT);

        assertThat(wire.mostIn(Duration.ofMinutes(1), texts -> 7 * texts.size()))
                .isLessThanOrEqualTo(140);
    }

    @Test
    void dividesRequestsThatNeedMoreTokensThanAMinuteAllows() {
        wire.perRequest = 8;
        ResilientEmbeddingModel model = around(options().tokensPerMinute(15));

        assertThat(model.requests(List.of(WORD, WORD, WORD, WORD, WORD, WORD, WORD)))
                .containsExactly(List.of(WORD), List.of(WORD, WORD), List.of(WORD, WORD), List.of(WORD, WORD));
        assertThat(model.requests(List.of("one text longer than that can't be divided any further")))
                .hasSize(1);
        assertThat(around(options()).requests(List.of(WORD, WORD, WORD))).hasSize(1);
    }

    @Test
    void heedsWhatTheProviderSaysIsLeft() {
        RateLimits none = new RateLimits(new RateLimits.Window(9L, 0L, Duration.ofSeconds(7)), null);
        wire.answer = (texts, attempt) -> Mono.deferContextual(context -> {
            requireNonNull(RateLimits.listener(context)).onRateLimits(none);
            return Mono.just(wire.vectors(texts));
        });

        StepVerifier.create(around(options().maxConcurrency(1)).embed(texts(4)))
                .then(() -> time.advanceTimeBy(Duration.ofMillis(6_999)))
                .then(() -> assertThat(wire.sent).hasSize(1))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(1)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void countsByPhaseAndPriceAndAssumesTheMostWhereNothingIsReported() {
        ResilientEmbeddingModel model = around(options());

        now(Phase.JUDGE.of(model.embed(List.of("a", "b"))));
        wire.tokensOf = texts -> 0L;
        now(Phase.FORWARD.of(model.embed(List.of(WORD))));

        assertThat(model.usage()).isSameAs(meter);
        assertThat(meter.of(Phase.JUDGE).usage()).isEqualTo(Usage.of(2, 0));
        assertThat(meter.of(Phase.JUDGE).cost()).isEqualTo(Cost.ofDollars("2"));
        assertThat(meter.of(Phase.FORWARD).usage()).isEqualTo(Usage.NONE);
        assertThat(meter.of(Phase.FORWARD).assumedCost()).isEqualTo(Cost.ofDollars("7"));
        assertThat(meter.total().calls()).isEqualTo(2);
    }

    @Test
    void stopsAtItsBudgetAndKeepsWhatIsCounted() {
        wire.tokensOf = texts -> 7L * texts.size();
        ResilientEmbeddingModel model =
                around(options().maxConcurrency(1).budget(new Budget(Allowance.NONE.tokens(30), Map.of())));

        StepVerifier.create(model.embed(List.of(WORD, WORD, WORD, WORD, WORD, WORD)))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BudgetExceededException.class)
                        .hasMessageContaining("28 is spent")
                        .hasMessageContaining("this one may use 14"))
                .verify(LIMIT);

        assertThat(wire.sent).hasSize(2);
        assertThat(model.load().budget().spent().tokens()).isEqualTo(28);
        assertThat(model.load().budget().reserved().tokens()).isZero();
    }

    @Test
    void anEndpointThatFailsTooOftenIsLeftAlone() {
        wire.answer = (texts, attempt) -> Mono.error(new UnavailableException("down", null));
        ResilientEmbeddingModel model = around(options()
                .limits(Limits.builder()
                        .maxRetries(0)
                        .maxRetryWait(Duration.ofSeconds(1))
                        .breaker(new Breaker(50, 2, Duration.ofSeconds(10)))
                        .build()));
        for (int call = 0; call < 2; call++) {
            StepVerifier.create(model.embed(List.of("a")))
                    .expectError(UnavailableException.class)
                    .verify(LIMIT);
        }

        StepVerifier.create(model.embed(List.of("a")))
                .expectError(CircuitOpenException.class)
                .verify(LIMIT);

        assertThat(wire.sent).hasSize(2);
        assertThat(model.load().breaker()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void anAttemptThatTakesTooLongIsMadeAgain() {
        wire.answer = (texts, attempt) -> attempt == 1 ? Mono.never() : Mono.just(wire.vectors(texts));

        StepVerifier.create(around(options()
                                .limits(Limits.builder()
                                        .attemptTimeout(Duration.ofSeconds(5))
                                        .build()))
                        .embed(List.of("a")))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(6)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void aRequestThatTakesTooLongIsSentASecondTimeWhereItMayBeHedged() {
        wire.answer = (texts, attempt) -> texts.contains("7") && attempt == 1
                ? Mono.<Embeddings>never().doOnCancel(() -> wire.cancelled++)
                : Mono.delay(Duration.ofMillis(100), time).thenReturn(wire.vectors(texts));
        wire.perRequest = 1;
        ResilientEmbeddingModel model =
                around(options().limits(Limits.builder().hedging(true).build()));
        for (int usual = 0; usual < 20; usual++) {
            var unused = model.embed(List.of("0")).subscribe();
            time.advanceTimeBy(Duration.ofMillis(100));
        }

        StepVerifier.create(model.embed(List.of("7")))
                .then(() -> time.advanceTimeBy(Duration.ofMillis(200)))
                .assertNext(all -> assertThat(all.vectors().get(0)).containsExactly(7))
                .expectComplete()
                .verify(LIMIT);

        assertThat(wire.cancelled).isEqualTo(1);
        assertThat(model.load().hedges()).isEqualTo(1);
    }

    @Test
    void standsInTheQueueOfChatsWhereItIsToldTo() {
        ManualChatModel chats = new ManualChatModel();
        ResilientChatModel chatting =
                Resilience.around(chats, options().maxConcurrency(1).build(), new UsageMeter());
        ResilientEmbeddingModel model =
                Resilience.beside(chatting, wire, options().maxConcurrency(99).build(), meter);
        var chat = chatting.chat(ask("a")).subscribe();

        StepVerifier.create(model.embed(List.of("0")))
                .then(() -> {
                    assertThat(wire.sent).isEmpty();
                    assertThat(model.load().queued()).isEqualTo(1);
                    chats.answer("a");
                })
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(chat.isDisposed()).isTrue();
        assertThat(meter.total().calls()).isEqualTo(1);
        assertThat(chatting.usage().total().calls()).isEqualTo(1);
    }

    @Test
    void besideChatsTheirTokensAMinuteAreTheMeasure() {
        ResilientChatModel chatting = Resilience.around(
                new ManualChatModel(), options().tokensPerMinute(15).build(), new UsageMeter());
        wire.perRequest = 8;

        assertThat(Resilience.beside(chatting, wire, options().build(), meter).requests(List.of(WORD, WORD, WORD)))
                .hasSize(2);
    }

    @Test
    void asksNobodyForNothingAndRefusesWhatTheProviderRefusesAtTheCall() {
        ResilientEmbeddingModel model = around(options());

        assertThat(now(model.embed(List.of()))).isEqualTo(new Embeddings(List.of(), Usage.NONE, "test/wire"));
        assertThat(wire.sent).isEmpty();
        assertThatThrownBy(() -> model.embed(List.of(""))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closesWhatItStandsBefore() {
        around(options()).close();

        assertThat(wire.closed).isTrue();
    }

    @Test
    void answersThatComeOnOtherThreadsAreTheirCallersOwn() {
        wire.answer =
                (texts, attempt) -> Mono.fromSupplier(() -> wire.vectors(texts)).subscribeOn(Schedulers.parallel());
        wire.perRequest = 1;

        assertThat(now(around(options()).embed(texts(1_000))).vectors())
                .extracting(vector -> vector[0])
                .containsExactlyElementsOf(
                        IntStream.range(0, 1_000).mapToObj(i -> (float) i).toList());
    }
}
