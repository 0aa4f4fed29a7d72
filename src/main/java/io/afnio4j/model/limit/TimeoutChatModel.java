package io.afnio4j.model.limit;

import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Gives up on what takes too long, from the subscription until the answer is whole, and cancels it. It stands twice in
 * the chain: around one attempt, and around a whole call with its queues and retries.
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
     * @param what is limited, as the message begins: "An attempt", "The call"
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
        return Mono.defer(() -> {
            Sent sent = new Sent();
            return model.chat(request).contextWrite(sent::in).timeout(limit, tooLate(sent), timers);
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            Sent sent = new Sent();
            AtomicBoolean late = new AtomicBoolean();
            // Flux.timeout would begin anew with each piece, and an error of the other wouldn't cancel the stream.
            return model.stream(request)
                    .contextWrite(sent::in)
                    .takeUntilOther(Mono.delay(limit, timers).doOnNext(tick -> late.set(true)))
                    .concatWith(Mono.defer(() -> late.get() ? tooLate(sent) : Mono.empty()));
        });
    }

    private <T> Mono<T> tooLate(Sent sent) {
        return Mono.error(() -> {
            String message = what + " to " + name() + " took longer than " + limit.toMillis() / 1000.0
                    + " s, the longest that Limits allow.";
            return sent.isAnswerLost()
                    ? UnavailableException.answerLost(message, null)
                    : new UnavailableException(message, null);
        });
    }

    /** Whether one of a call's exchanges may be answered, and charged for, without its answer having come. */
    private static final class Sent implements ExchangeListener {

        private int open; // guarded by this, as is the next one
        private boolean lost;

        @Override
        public synchronized void onStart() {
            open++;
        }

        @Override
        public synchronized void onRefusal() {
            open--;
        }

        @Override
        public synchronized void onEnd(Exchange exchange) {
            open--;
            lost |= exchange.outcome() != Exchange.Outcome.ANSWERED
                    && !exchange.usage().equals(Usage.NONE);
        }

        private synchronized boolean isAnswerLost() {
            return lost || open > 0;
        }
    }
}
