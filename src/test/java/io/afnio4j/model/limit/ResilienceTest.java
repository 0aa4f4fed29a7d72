package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.context.Phase;
import io.afnio4j.context.Priority;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.Breaker;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Price;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.Fault;
import io.afnio4j.model.script.FaultyChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class ResilienceTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final UsageMeter meter = new UsageMeter();

    @Test
    void letsAnotherCallGoWhileOneWaitsForItsRetry() {
        ScriptedChatModel wire = ScriptedChatModel.by(ManualChatModel::textOf);
        StepVerifier.withVirtualTime(() -> {
                    ChatModel model = Resilience.around(
                            FaultyChatModel.planned(wire, Fault.unavailable()),
                            ClientOptions.builder().maxConcurrency(1).build(),
                            meter);
                    return Flux.merge(model.chat(ask("a")), model.chat(ask("b")))
                            .map(ChatResponse::text);
                })
                .expectNext("b")
                .thenAwait(Duration.ofSeconds(1))
                .expectNext("a")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void oneThrottledAnswerSlowsAllCallersAndWhoComesBackStandsWhereHeStood() {
        ScriptedChatModel wire = ScriptedChatModel.by(ManualChatModel::textOf);
        StepVerifier.withVirtualTime(() -> {
                    ChatModel model = Resilience.around(
                            FaultyChatModel.planned(wire, Fault.throttled(Duration.ofSeconds(30))),
                            ClientOptions.builder().maxConcurrency(1).build(),
                            meter);
                    return Flux.merge(model.chat(ask("a")), model.chat(ask("b")))
                            .map(ChatResponse::text);
                })
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(29_999))
                .thenAwait(Duration.ofMillis(1))
                .expectNext("a", "b")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void countsEachAttemptAndTellsOfEachRetry() {
        List<String> retries = new ArrayList<>();
        ScriptedChatModel wire = ScriptedChatModel.builder()
                .name("openai/gpt-4o")
                .answering("lost", "fine")
                .usage(Usage.of(1_000_000, 0))
                .build();
        StepVerifier.withVirtualTime(() -> Phase.JUDGE.of(Resilience.around(
                                FaultyChatModel.planned(wire, Fault.malformed(), Fault.unavailable()),
                                ClientOptions.defaults(),
                                meter,
                                new ResilienceListener() {
                                    @Override
                                    public void onRetry(RetryEvent event) {
                                        retries.add(event.attempt() + " "
                                                + event.failure().getClass().getSimpleName());
                                    }
                                },
                                Schedulers.parallel())
                        .chat(ask("a"))
                        .map(ChatResponse::text)))
                .thenAwait(Duration.ofSeconds(10))
                .expectNext("fine")
                .expectComplete()
                .verify(LIMIT);
        UsageMeter.Totals judge = meter.of(Phase.JUDGE);
        assertThat(judge.calls()).isEqualTo(1);
        assertThat(judge.failures()).isEqualTo(2);
        assertThat(judge.cost()).isEqualTo(Cost.ofDollars("2.50"));
        assertThat(retries).containsExactly("1 BrokenAnswerException", "2 UnavailableException");
    }

    @Test
    void aListenerThatThrowsCostsNoAnswer() {
        ResilienceListener broken = new ResilienceListener() {
            @Override
            public void onRetry(RetryEvent event) {
                throw new IllegalStateException("broken listener");
            }

            @Override
            public void onBreaker(BreakerState state) {
                throw new IllegalStateException("broken listener");
            }
        };
        StepVerifier.withVirtualTime(() -> Resilience.around(
                                FaultyChatModel.planned(
                                        ScriptedChatModel.answering("fine"), Fault.unavailable(), Fault.unavailable()),
                                ClientOptions.builder()
                                        .limits(Limits.builder()
                                                .breaker(new Breaker(100, 2, Duration.ofSeconds(1)))
                                                .build())
                                        .build(),
                                meter,
                                broken,
                                Schedulers.parallel())
                        .chat(ask("a"))
                        .map(ChatResponse::text))
                .thenAwait(Duration.ofSeconds(10))
                .expectNext("fine")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void handsTheContextToTheWireAlsoInARetry() {
        ScriptedChatModel wire = ScriptedChatModel.builder()
                .responding(request -> Mono.deferContextual(
                        context -> Mono.just(ManualChatModel.response(Phase.of(context) + " " + Priority.of(context)))))
                .build();
        StepVerifier.withVirtualTime(() -> Phase.OPTIMIZER
                        .of(Resilience.around(
                                        FaultyChatModel.planned(wire, Fault.unavailable()),
                                        ClientOptions.defaults(),
                                        meter)
                                .chat(ask("a"))
                                .map(ChatResponse::text))
                        .contextWrite(context -> Priority.put(context, 9)))
                .thenAwait(Duration.ofSeconds(1))
                .expectNext("re: OPTIMIZER 9")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void streamsThroughTheWholeChain() {
        StepVerifier.withVirtualTime(() -> Resilience.around(
                                FaultyChatModel.planned(ScriptedChatModel.answering("two words"), Fault.unavailable()),
                                ClientOptions.builder()
                                        .maxCost(Cost.ofDollars("1"))
                                        .price(Price.FREE)
                                        .build(),
                                meter)
                        .stream(ask("a"))
                        .map(chunk -> chunk.text()))
                .thenAwait(Duration.ofSeconds(1))
                .expectNext("two ", "words", "")
                .expectComplete()
                .verify(LIMIT);
        assertThat(meter.total().calls()).isEqualTo(1);
    }

    @Test
    void keepsTheBudgetThatTheOptionsName() {
        ScriptedChatModel wire = ScriptedChatModel.by(request -> "fine");
        ChatModel model = Resilience.around(
                wire,
                ClientOptions.builder()
                        .price(Price.perMillion("1", "1"))
                        .maxCost(Cost.ofDollars("0.001"))
                        .build(),
                meter);
        StepVerifier.create(model.chat(ask("a")))
                .expectError(BudgetExceededException.class)
                .verify(LIMIT);
        assertThat(wire.calls()).isZero();
    }

    @Test
    void refusesABudgetForAModelWithoutAPrice() {
        ClientOptions options =
                ClientOptions.builder().maxCost(Cost.ofDollars("1")).build();
        assertThatThrownBy(() -> Resilience.around(ScriptedChatModel.answering(), options, meter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ClientOptions.price");
    }

    @Test
    void failsFastForEveryCallWhereTheServerAsksForHours() {
        Fault hours = Fault.throttled(Duration.ofHours(10));
        ChatModel model = Resilience.around(
                FaultyChatModel.planned(ScriptedChatModel.answering(), hours, hours),
                ClientOptions.builder().maxConcurrency(1).build(),
                meter);
        Mono<String> call = model.chat(ask("a"))
                .map(ChatResponse::text)
                .onErrorResume(ThrottledException.class, failure -> Mono.just(String.valueOf(failure.getMessage())));
        StepVerifier.create(Flux.merge(call, call))
                .assertNext(message -> assertThat(message).contains("36000 s"))
                .assertNext(message -> assertThat(message).contains("36000 s"))
                .expectComplete()
                .verify(LIMIT);
    }
}
