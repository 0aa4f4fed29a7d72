package io.afnio4j.benchmarks;

import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Answers every question with the same words, at once or after a fixed delay on Reactor's timers. It has no limit on
 * calls in flight, so that what a pass takes longer than its delays is the engine's own.
 */
final class FixedModel implements ChatModel {

    private final Mono<ChatResponse> answer;

    private FixedModel(Mono<ChatResponse> answer) {
        this.answer = answer;
    }

    static FixedModel atOnce(String text) {
        return new FixedModel(Mono.just(response(text)));
    }

    static FixedModel after(Duration delay, String text) {
        ChatResponse response = response(text);
        return new FixedModel(Mono.delay(delay).map(tick -> response));
    }

    @Override
    public String name() {
        return "benchmark/fixed";
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return answer;
    }

    /** This model as the one that gives feedback. */
    BackwardClient asBackwardClient() {
        return new BackwardClient(this, CompletionOptions.NONE);
    }

    private static ChatResponse response(String text) {
        return new ChatResponse(text, FinishReason.STOP, Usage.of(400, 80), "fixed");
    }
}
