package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
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
 * Sends a call that takes longer than 95 of 100 do a second time; the first answer wins, and the other request is
 * cancelled. Of a streamed answer it is the first piece that counts: whose comes first goes on alone. It stands at two
 * places: around the queue, for the second request has to wait for its turn as any other, and behind it, for only there
 * is it known when a request really started and how long an exchange took. (Hedged requests as in Dean and Barroso,
 * "The Tail at Scale", 2013.)
 *
 * <p>A failure of the only request is the call's failure, at once; where both are on their way, the other one may still
 * answer. A stream that has begun is the call's answer, and so is its failure. A reader who hasn't asked for a piece is
 * waited for, and not helped.
 */
final class Hedging {

    /** One of so many calls may be sent a second time. */
    private static final int SHARE = 20;

    private final Latencies answers = new Latencies();
    private final Latencies firstPieces = new Latencies();
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
                return Flux.defer(() -> raceOfStreams(model, request));
            }
        };
    }

    /** The place behind the queue. */
    ChatModel behind(ChatModel wire) {
        return new ChatModelDecorator(wire) {
            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.deferContextual(context -> watched(model.chat(request), answers, context));
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return Flux.deferContextual(context -> watched(model.stream(request), firstPieces, context));
            }
        };
    }

    private <T> Mono<T> watched(Mono<T> exchange, Latencies latencies, ContextView context) {
        Run run = start(latencies, context);
        return run == null ? exchange : exchange.doOnNext(any -> run.heard()).doOnCancel(run::cancelled);
    }

    private <T> Flux<T> watched(Flux<T> exchange, Latencies latencies, ContextView context) {
        Run run = start(latencies, context);
        return run == null ? exchange : exchange.doOnNext(any -> run.heard()).doOnCancel(run::cancelled);
    }

    /** A request starts; null for a second one, for of those only the quick ones are seen to their end. */
    private @Nullable Run start(Latencies latencies, ContextView context) {
        @Nullable First first = context.getOrDefault(First.class, null);
        if (first == null) {
            return null;
        }
        firsts.increment();
        first.started(latencies.high());
        return new Run(first, latencies);
    }

    private Mono<ChatResponse> race(ChatModel queue, ChatRequest request) {
        First first = new First();
        first.wanted = true;
        Mono<ChatResponse> one = queue.chat(request)
                .doOnError(first::failed)
                .doOnTerminate(first::ended)
                .contextWrite(first::in);
        Mono<ChatResponse> other =
                needsAnother(first).flatMap(slow -> queue.chat(request).contextWrite(this::listening));
        return Mono.firstWithValue(one, other).onErrorResume(NoSuchElementException.class, none -> first.outcome());
    }

    private Flux<ChatChunk> raceOfStreams(ChatModel queue, ChatRequest request) {
        First first = new First();
        Flux<ChatChunk> one = queue.stream(request)
                .doOnRequest(pieces -> first.wanted = true)
                .doOnError(first::failed)
                .doOnTerminate(first::ended)
                .contextWrite(first::in);
        Flux<ChatChunk> other =
                needsAnother(first).flatMapMany(slow -> queue.stream(request).contextWrite(this::listening));
        return Flux.firstWithValue(one, other).onErrorResume(NoSuchElementException.class, none -> first.outcome());
    }

    /** Emits where a second request is to be sent. */
    private Mono<Long> needsAnother(First first) {
        return first.whenSlow(timers)
                .filter(slow -> first.wanted && mayDouble())
                .doOnNext(slow -> first.doubled = true);
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

    /** How long a first request takes. */
    private final class Run {

        private final First first;
        private final Latencies latencies;
        private final long start = timers.now(NANOSECONDS);
        private final AtomicBoolean measured = new AtomicBoolean();

        private Run(First first, Latencies latencies) {
            this.first = first;
            this.latencies = latencies;
        }

        private void heard() {
            if (measured.compareAndSet(false, true)) {
                latencies.add(timers.now(NANOSECONDS) - start);
            }
        }

        /** Who lost the race took that long at least. Left out, the slow ones would vanish from what is usual. */
        private void cancelled() {
            if (first.doubled) {
                heard();
            }
        }
    }

    /** What is known of a call's first request. */
    private static final class First {

        private final Sinks.One<Duration> patience = Sinks.one();
        private final Sinks.Empty<Void> end = Sinks.empty();
        private volatile @Nullable Throwable failure;
        private volatile boolean wanted;
        private volatile boolean doubled;

        private Context in(Context context) {
            return context.put(First.class, this);
        }

        /** The request starts; what others took is known better now than when it came to the queue. */
        private void started(@Nullable Duration usual) {
            var unused = usual == null ? patience.tryEmitEmpty() : patience.tryEmitValue(usual);
        }

        private void failed(Throwable reason) {
            failure = reason;
        }

        private void ended() {
            var unused = end.tryEmitEmpty();
        }

        /** What to tell where nobody had anything to say. */
        private <T> Mono<T> outcome() {
            Throwable known = failure;
            return known == null ? Mono.empty() : Mono.error(known);
        }

        /**
         * Emits when the request has run for longer than usual, and completes empty where it ended before, or nobody
         * knows what is usual.
         */
        private Mono<Long> whenSlow(Scheduler timers) {
            return patience.asMono().flatMap(usual -> Mono.delay(usual, timers)).takeUntilOther(end.asMono());
        }
    }
}
