package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * How soon many calls are through where a provider refuses some and never says when to come back. The client offers 64
 * at a time; an answer takes half a second. All times are virtual.
 */
class RefusalsWithoutATimeTest {

    private static final int CLIENT = 64;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    private final SplittableRandom chance = new SplittableRandom(3);
    private AfnioException refusal = new ThrottledException("too many", null);
    private int inFlight;
    private int sent;

    @AfterEach
    void giveBackTheTime() {
        VirtualTimeScheduler.reset();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aProviderThatTakesTwentyCallsAtATimeIsKeptBusy(AfnioException no) {
        refusal = no;
        assertThat(seconds(600, calls -> calls < 20)).isLessThan(16); // 15 s and the way there
        assertThat(sent).isLessThan(750);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aProviderThatTakesOneCallAtATimeIsKeptBusy(AfnioException no) {
        refusal = no;
        assertThat(seconds(100, calls -> calls < 1)).isLessThan(51.5);
        assertThat(sent).isLessThan(200);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aProviderIsKeptBusyWhoseLimitFallsAndRises(AfnioException no) {
        refusal = no;
        IntPredicate limit = calls -> calls < (now() < 15_000 ? 40 : now() < 30_000 ? 10 : 60);
        assertThat(seconds(2_000, limit)).isLessThan(38); // 34.2 s if the client knew
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusalsByChanceHardlySlowAnybodyButThoseRefused(AfnioException no) {
        refusal = no;
        assertThat(seconds(3_000, calls -> chance.nextInt(20) >= 3)).isLessThan(32); // 28.5 s if it always offered 64
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "PT0S")
    void aProviderThatRefusesAllIsHardlyAskedAndThenKeptBusyAtOnce(@Nullable Duration named) {
        refusal = new ThrottledException("too many", named);
        assertThat(seconds(2_000, calls -> now() >= 10_000))
                .isLessThan(10 + 8 + 17); // the last pause, and 16.1 s for all calls
        assertThat(sent).isLessThan(2_000 + CLIENT + 6);
    }

    static Stream<AfnioException> refusals() {
        return Stream.of(new ThrottledException("too many", null), new UnavailableException("overloaded", null));
    }

    private long now() {
        return time.now(TimeUnit.MILLISECONDS);
    }

    /** When the last of many calls that begin at once was answered. */
    private double seconds(int calls, IntPredicate takesOneMoreBesides) {
        Limits limits = Limits.builder().maxConcurrency(CLIENT).build();
        ChatModel model = new RetryingChatModel(
                new AdmissionChatModel(new Provider(takesOneMoreBesides), limits, time),
                new RetryPolicy(limits, ResilienceListener.NONE, time, chance::nextDouble));
        int[] heard = {0};
        double[] end = {0};
        var unused = Flux.range(0, calls)
                .flatMap(number -> model.chat(ManualChatModel.ask("question " + number)), calls)
                .doFinally(signal -> end[0] = now() / 1_000.0)
                .subscribe(answer -> heard[0]++, failure -> {});
        for (int i = 0; i < 100_000 && end[0] == 0; i++) {
            time.advanceTimeBy(Duration.ofMillis(10));
        }
        assertThat(heard[0]).isEqualTo(calls);
        return end[0];
    }

    private final class Provider implements ChatModel {

        private final IntPredicate takesOneMoreBesides;

        private Provider(IntPredicate takesOneMoreBesides) {
            this.takesOneMoreBesides = takesOneMoreBesides;
        }

        @Override
        public String name() {
            return "provider";
        }

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            return Mono.delay(Duration.ofMillis(5 + chance.nextInt(10))).then(Mono.defer(this::answer));
        }

        private Mono<ChatResponse> answer() {
            sent++;
            if (!takesOneMoreBesides.test(inFlight)) {
                return Mono.error(refusal);
            }
            inFlight++;
            return Mono.delay(Duration.ofMillis(500)).map(tick -> {
                inFlight--;
                return new ChatResponse("fine", FinishReason.STOP, Usage.of(10, 10), name());
            });
        }
    }
}
