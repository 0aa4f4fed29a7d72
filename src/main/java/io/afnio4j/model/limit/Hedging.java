package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Sends a call that takes longer than 95 of 100 do a second time; the first answer wins, and the other request is cancelled. It stands at two places: around the
 * queue, for the second request has to wait for its turn as any other, and behind it, for only there is it known when a request really started and how long
 * an exchange took. (Hedged requests as in Dean and Barroso, "The Tail at Scale", 2013.)
 *
 * <p>A failure of the only request is the call's failure, at once; where both are on their way, the other one may still answer. Streams are passed on as they are.
 */
final class Hedging {

    /** One of so many calls may be sent a second time. */
    private static final int SHARE = 20;

    private final Latencies latencies = new Latencies();
    private final LongAdder firsts = new LongAdder();
    private final AtomicLong copies = new AtomicLong();
    private final ExchangeListener counter;
    private final Scheduler timers;

    Hedging(ResilienceListener listener, Scheduler timers) {
        this.timers = timers;
        this.counter = new ExchangeListener() {
            @Override
            public void onStart() {
                listener.onHedge();
            }

            @Override
            public void onEnd(Exchange exchange) {
                // whoever counts what it costs hears of it elsewhere
            }
        };
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
        if (first == null) {
            return wire.chat(request); // of second requests only the quick ones are seen to their end
        }
        long start = timers.now(NANOSECONDS);
        firsts.increment();
        first.started(latencies.high());
        return wire.chat(request)
                .doOnNext(answer -> first.measured(latencies, timers.now(NANOSECONDS) - start))
                // Who lost the race took that long at least. Left out, the slow ones would vanish from what is usual.
                .doOnCancel(() -> {
                    if (first.doubled) {
                        first.measured(latencies, timers.now(NANOSECONDS) - start);
                    }
                });
    }

    private Mono<ChatResponse> race(ChatModel queue, ChatRequest request) {
        First first = new First();
        Mono<ChatResponse> one =
                queue.chat(request).doOnError(first::failed).contextWrite(context -> context.put(First.class, first));
        Mono<ChatResponse> other = first.isSlow(timers)
                .filter(slow -> mayDouble())
                .flatMap(slow -> {
                    first.doubled = true;
                    return queue.chat(request).contextWrite(this::listening);
                });
        return Mono.firstWithValue(one, other).onErrorMap(NoSuchElementException.class, first::failureOr);
    }

    /** What is usual may change faster than it is learnt; the share that was promised holds all the same. */
    private boolean mayDouble() {
        boolean may = copies.incrementAndGet() * SHARE <= firsts.sum();
        if (!may) {
            copies.decrementAndGet();
        }
        return may;
    }

    /** Hears, after all who may refuse it, that a second request is sent. */
    private Context listening(Context context) {
        @Nullable ExchangeListener known = ExchangeListener.of(context);
        Context counted = context.put(ExchangeListener.class, counter);
        return known == null ? counted : known.in(counted);
    }

    /** What is known of a call's first request. */
    private static final class First {

        private final Sinks.One<Duration> patience = Sinks.one();
        private final Sinks.Empty<Void> end = Sinks.empty();
        private final AtomicBoolean measured = new AtomicBoolean();
        private volatile @Nullable Throwable failure;
        private volatile boolean doubled;

        /** The request starts; what others took is known better now than when it came to the queue. */
        private void started(@Nullable Duration usual) {
            var unused = usual == null ? patience.tryEmitEmpty() : patience.tryEmitValue(usual);
        }

        private void measured(Latencies latencies, long took) {
            if (measured.compareAndSet(false, true)) {
                latencies.add(took);
            }
        }

        private void failed(Throwable reason) {
            failure = reason;
            var unused = end.tryEmitEmpty();
        }

        private Throwable failureOr(Throwable other) {
            Throwable known = failure;
            return known == null ? other : known;
        }

        /** Emits when the request has run for longer than usual, and completes empty where it failed before, or nobody knows what is usual. */
        private Mono<Long> isSlow(Scheduler timers) {
            return patience.asMono().flatMap(usual -> Mono.delay(usual, timers)).takeUntilOther(end.asMono());
        }
    }
}
