package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Limits;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class HedgingTest {

    private static final int TYPICAL = 40;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final UsageMeter meter = new UsageMeter();
    private final Callers callers = new Callers();
    private final AtomicInteger hedges = new AtomicInteger();
    private final AtomicInteger slow = new AtomicInteger();
    private final ScriptedChatModel wire = ScriptedChatModel.builder()
            .responding(request -> switch (ManualChatModel.textOf(request)) {
                case "slow once" ->
                    slow.getAndIncrement() == 0 ? Mono.<ChatResponse>never() : answer(Duration.ofMillis(100));
                case "fails late" ->
                    Mono.delay(Duration.ofSeconds(1), time)
                            .then(Mono.error(new UnavailableException("down " + slow.incrementAndGet(), null)));
                case "fails" -> Mono.error(new UnavailableException("down", null));
                default -> answer(Duration.ofMillis(100));
            })
            .build();
    private final ResilientChatModel model = Resilience.around(
            wire,
            ClientOptions.builder()
                    .limits(Limits.builder()
                            .hedging(true)
                            .maxRetries(0)
                            .maxConcurrency(2)
                            .build())
                    .build(),
            meter,
            new ResilienceListener() {
                @Override
                public void onHedge() {
                    hedges.incrementAndGet();
                }
            },
            time);

    private Mono<ChatResponse> answer(Duration after) {
        return Mono.delay(after, time).thenReturn(ManualChatModel.response("x"));
    }

    @BeforeEach
    void learnWhatIsUsual() {
        for (int i = 0; i < TYPICAL; i++) {
            callers.ask(model, "typical");
            time.advanceTimeBy(Duration.ofMillis(100));
        }
        assertThat(wire.calls()).isEqualTo(TYPICAL);
        callers.heard().clear();
    }

    @Test
    void sendsASlowCallAgainAfterTheUsualTimeTakesTheFirstAnswerAndCancelsTheOther() {
        callers.ask(model, "slow once");
        time.advanceTimeBy(Duration.ofMillis(99));
        assertThat(wire.calls()).isEqualTo(TYPICAL + 1);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(wire.calls()).isEqualTo(TYPICAL + 2);
        time.advanceTimeBy(Duration.ofMillis(100));

        assertThat(callers.heard()).containsExactly("re: x");
        assertThat(wire.inFlight()).isZero();
        assertThat(meter.total().cancelled()).isEqualTo(1);
        assertThat(hedges).hasValue(1);
    }

    @Test
    void theTimeThatACallQueuesDoesNotMakeItSlow() {
        callers.subscribe("x", model.chat(ask("slow once")).map(ChatResponse::text));
        callers.subscribe(
                "y", model.chat(ask("fails late")).map(ChatResponse::text).onErrorReturn("failed"));
        time.advanceTimeBy(Duration.ofMillis(40));
        callers.ask(model, "queued");
        callers.cancel("x");
        time.advanceTimeBy(Callers.SOON);
        time.advanceTimeBy(Duration.ofMillis(99));
        assertThat(model.load().queued()).as("the second request of y").isEqualTo(1);
        assertThat(hedges).as("not sent yet").hasValue(0);
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(callers.heard()).containsExactly("re: x");
        assertThat(hedges).hasValue(1);
    }

    @Test
    void failsAtOnceWhereTheOnlyRequestFails() {
        callers.ask(model, "fails");
        assertThat(callers.heard()).containsExactly("failed: fails");
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(wire.calls()).isEqualTo(TYPICAL + 1);
    }

    @Test
    void failsWithTheFirstFailureWhereBothFail() {
        callers.subscribe(
                "call",
                model.chat(ask("fails late"))
                        .map(ChatResponse::text)
                        .onErrorResume(failure -> Mono.just(String.valueOf(failure.getMessage()))));
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(callers.heard()).containsExactly("down 1");
        assertThat(wire.calls()).isEqualTo(TYPICAL + 2);
    }

    @Test
    void cancelsBothWhereTheCallerLeaves() {
        callers.ask(model, "fails late");
        time.advanceTimeBy(Duration.ofMillis(200));
        assertThat(wire.inFlight()).isEqualTo(2);
        callers.cancel("fails late");
        assertThat(wire.inFlight()).isZero();
    }
}
