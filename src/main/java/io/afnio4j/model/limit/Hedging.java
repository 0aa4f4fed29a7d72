package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import java.time.Duration;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * Sends a call that takes longer than 95 of 100 do a second time; the first answer wins, and the other request is cancelled. It stands at two places: around the
 * queue, for the second request has to wait for its turn as any other, and behind it, for only there is it known when a request really started and how long
 * an exchange took. (Hedged requests as in Dean and Barroso, "The Tail at Scale", 2013.)
 *
 * <p>A failure of the only request is the call's failure, at once; where both are on their way, the other one may still answer. Streams are passed on as they are.
 */
final class Hedging {

    private final Latencies latencies = new Latencies();
    private final ResilienceListener listener;
    private final Scheduler timers;

    Hedging(ResilienceListener listener, Scheduler timers) {
        this.listener = listener;
        this.timers = timers;
    }

    /** The place before the queue. */
    ChatModel around(ChatModel queue) {
        return new ChatModelDecorator(queue) {
            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.defer(() -> race(model, request));
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return model.stream(request);
            }
        };
    }

    /** The place behind the queue. */
    ChatModel behind(ChatModel wire) {
        return new ChatModelDecorator(wire) {
            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.deferContextual(context -> watched(model, request, context));
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return model.stream(request);
            }
        };
    }

    private Mono<ChatResponse> watched(ChatModel wire, ChatRequest request, ContextView context) {
        @Nullable First first = context.getOrDefault(First.class, null);
        if (first != null) {
            first.started();
        }
        long start = timers.now(NANOSECONDS);
        return wire.chat(request).doOnNext(answer -> latencies.add(timers.now(NANOSECONDS) - start));
    }

    private Mono<ChatResponse> race(ChatModel queue, ChatRequest request) {
        @Nullable Duration patience = latencies.high();
        if (patience == null) {
            return queue.chat(request);
        }
        First first = new First();
        Mono<ChatResponse> one =
                queue.chat(request).doOnError(first::failed).contextWrite(context -> context.put(First.class, first));
        Mono<ChatResponse> other = first.isSlow(patience, timers).flatMap(slow -> {
            listener.onHedge();
            return queue.chat(request);
        });
        return Mono.firstWithValue(one, other).onErrorMap(NoSuchElementException.class, first::failureOr);
    }

    /** What is known of a call's first request. */
    private static final class First {

        private final Sinks.Empty<Void> start = Sinks.empty();
        private final Sinks.Empty<Void> end = Sinks.empty();
        private volatile @Nullable Throwable failure;

        private void started() {
            var unused = start.tryEmitEmpty();
        }

        private void failed(Throwable reason) {
            failure = reason;
            var unused = end.tryEmitEmpty();
        }

        private Throwable failureOr(Throwable other) {
            Throwable known = failure;
            return known == null ? other : known;
        }

        /** Emits when the request has run for so long, and completes empty where it failed before. */
        private Mono<Long> isSlow(Duration patience, Scheduler timers) {
            return start.asMono().then(Mono.delay(patience, timers)).takeUntilOther(end.asMono());
        }
    }
}
