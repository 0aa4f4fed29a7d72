package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A limit on tokens whose answers surprise. */
class TokensPerMinuteTest {

    private static final CompletionOptions LONG = CompletionOptions.NONE.maxCompletionTokens(8_000);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<Long> startedAt = new ArrayList<>();
    private Usage usage = Usage.of(10, 10);
    private Duration latency = Duration.ZERO;
    private final ChatModel wire = new ChatModel() {
        @Override
        public String name() {
            return "test/model";
        }

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            return Mono.defer(() -> {
                startedAt.add(time.now(TimeUnit.SECONDS));
                ChatResponse answer = new ChatResponse("x", FinishReason.STOP, usage, "m");
                return latency.isZero()
                        ? Mono.just(answer)
                        : Mono.delay(latency, time).thenReturn(answer);
            });
        }
    };

    private AdmissionChatModel model(long tokensPerMinute) {
        return new AdmissionChatModel(
                wire,
                Limits.builder()
                        .maxConcurrency(2_000)
                        .tokensPerMinute(tokensPerMinute)
                        .build(),
                time);
    }

    private static void ask(ChatModel model, int times, CompletionOptions options) {
        for (int i = 0; i < times; i++) {
            var unused = model.chat(new ChatRequest(List.of(ChatMessage.user("q")), options))
                    .subscribe();
        }
    }

    /** Whether the answers before had the same limit, of which they used little, or none. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersThatGetLongAllAtOncePassTheLimitByNoMoreThanAQuarter(boolean sameLimit) {
        AdmissionChatModel model = model(100_000);
        ask(model, 100, sameLimit ? LONG : CompletionOptions.NONE);
        time.advanceTimeBy(Duration.ofMinutes(5));
        assertThat(startedAt).hasSize(100);
        startedAt.clear();

        usage = Usage.of(10, 8_000);
        latency = Duration.ofSeconds(30);
        ask(model, 1_000, LONG);
        time.advanceTimeBy(Duration.ofMinutes(10));

        for (long from : startedAt) {
            assertThat(startedAt.stream()
                                    .filter(at -> at >= from && at < from + 60)
                                    .count()
                            * 8_010)
                    .isLessThanOrEqualTo(125_000);
        }
        assertThat(startedAt).hasSizeGreaterThan(100);
    }

    @Test
    void aLimitOnAnswersThatIsHigherThanTheLimitPerMinuteLetsOneCallFollowTheOther() {
        latency = Duration.ofSeconds(1);
        AdmissionChatModel model = model(10_000);
        ask(model, 60, CompletionOptions.NONE.maxCompletionTokens(30_000));
        time.advanceTimeBy(Duration.ofMinutes(3));
        assertThat(startedAt).hasSize(60);
    }

    @Test
    void anAnswerOfManyTimesTheLimitHoldsTheNextCallForAMinuteAndNotLonger() {
        usage = Usage.of(100, 300_000);
        AdmissionChatModel model = model(10_000);
        ask(model, 1, CompletionOptions.NONE);
        usage = Usage.of(10, 10);
        ask(model, 20, CompletionOptions.NONE);
        time.advanceTimeBy(Duration.ofSeconds(62));
        assertThat(startedAt).startsWith(0L, 60L);
        time.advanceTimeBy(Duration.ofMinutes(5));
        assertThat(startedAt).hasSize(21);
    }
}
