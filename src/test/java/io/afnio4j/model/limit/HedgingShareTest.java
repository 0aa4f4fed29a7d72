package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Limits;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How many calls are sent a second time, where latencies vary as those of real servers do. */
class HedgingShareTest {

    private static final int CALLS = 10_000;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final SplittableRandom chance = new SplittableRandom(3);
    private final AtomicInteger answered = new AtomicInteger();
    private final ScriptedChatModel wire = ScriptedChatModel.builder()
            .responding(request -> Mono.delay(
                            Duration.ofMillis(latency(request.messages().get(0).text())), time)
                    .thenReturn(ManualChatModel.response("x")))
            .build();

    /** Exponentially distributed with a mean of a second, or as long as the question says. */
    private long latency(String question) {
        return question.isEmpty() ? Math.round(-Math.log(1 - chance.nextDouble()) * 1_000) : Long.parseLong(question);
    }

    private ResilientChatModel model(Budget budget) {
        ClientOptions options = ClientOptions.builder()
                .limits(Limits.builder().hedging(true).maxConcurrency(50).build())
                .budget(budget)
                .build();
        return Resilience.around(wire, options, new UsageMeter(), ResilienceListener.NONE, time);
    }

    private void start(ChatModel model, String question) {
        var unused = model.chat(ask(question)).subscribe(answer -> answered.incrementAndGet());
    }

    @Test
    void isAboutATwentiethOfABatchThatComesAtOnce() {
        ResilientChatModel model = model(Budget.NONE);
        for (int i = 0; i < CALLS; i++) {
            start(model, "");
        }
        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(answered).hasValue(CALLS);
        assertThat(model.load().hedges()).isBetween(CALLS * 3L / 100, CALLS / 20L);
    }

    @Test
    void isNoMoreThanATwentiethOfCallsThatComeOneByOne() {
        ResilientChatModel model = model(Budget.NONE);
        for (int i = 0; i < CALLS; i++) {
            start(model, "");
            time.advanceTimeBy(Duration.ofMillis(20));
        }
        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(answered).hasValue(CALLS);
        assertThat(model.load().hedges()).isBetween(CALLS * 3L / 100, CALLS / 20L);
    }

    @Test
    void doesNotCountASecondRequestThatTheBudgetRefuses() {
        ResilientChatModel model = model(Budget.of(Allowance.NONE.calls(41)));
        for (int i = 0; i < 40; i++) {
            start(model, "100");
            time.advanceTimeBy(Duration.ofMillis(100));
        }
        start(model, "5000");
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(answered).hasValue(41);
        assertThat(wire.calls()).isEqualTo(41);
        assertThat(model.load().hedges()).isZero();
    }
}
