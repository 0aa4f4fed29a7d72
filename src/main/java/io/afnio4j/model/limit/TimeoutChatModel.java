package io.afnio4j.model.limit;

import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Gives up on what takes too long, from the subscription until the answer is whole, and cancels it. It stands twice in the chain: around one attempt, and around
 * a whole call with its queues and retries.
 */
final class TimeoutChatModel extends ChatModelDecorator {

    private final Duration limit;
    private final String what;
    private final Scheduler timers;

    /**
     * Limits the time of a model.
     *
     * @param model what to call
     * @param limit the longest time
     * @param what is limited, for the message: "an attempt", "the call"
     * @param timers measures the time
     */
    TimeoutChatModel(ChatModel model, Duration limit, String what, Scheduler timers) {
        super(model);
        this.limit = limit;
        this.what = what;
        this.timers = timers;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return model.chat(request).timeout(limit, tooLate(), timers);
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        // Flux.timeout would begin anew with each piece.
        return model.stream(request).takeUntilOther(Mono.delay(limit, timers).then(tooLate()));
    }

    private <T> Mono<T> tooLate() {
        return Mono.error(() -> UnavailableException.answerLost(
                what + " to " + name() + " took longer than " + limit.toMillis() / 1000.0
                        + " s, the longest that Limits allow.",
                null));
    }
}
