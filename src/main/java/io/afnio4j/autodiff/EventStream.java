package io.afnio4j.autodiff;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/**
 * What some work tells while it runs, as a {@link Flux}: {@link Engine#backwardEvents} and the events of a training are
 * made by it. The work never waits for who watches it, who may even block: events behind the first one are handed on by
 * threads of {@link Schedulers#boundedElastic()}. A slow observer has such a thread for one event at a time, so that
 * other observers, and the files that these threads write, have their turn in between. Within an event he keeps it:
 * where more of them block for long than there are threads (ten for each processor), all else that they do waits. Up to
 * {@value #KEPT} events wait for a slow observer; beyond that, those of little weight, such as single words, are
 * dropped first, and only where none of them is left the others, oldest first.
 *
 * <p>Events may be told from any thread; they are handed on one after the other, in the order in which they were told.
 *
 * @param <E> an event
 */
public final class EventStream<E> {

    /** How many events a slow observer may lag behind. */
    public static final int KEPT = 1 << 16;

    /** How long an observer may be handed events before others have their turn. */
    private static final long TURN = Duration.ofMillis(1).toNanos();

    private final FluxSink<E> sink;
    private final Predicate<? super E> light;
    private final Scheduler.Worker observers = Schedulers.boundedElastic().createWorker();
    private final AtomicInteger work = new AtomicInteger();
    private boolean begun; // touched by whoever hands events on

    // From here on: guarded by this.
    private final Deque<Told<E>> lights = new ArrayDeque<>();
    private final Deque<Told<E>> others = new ArrayDeque<>();
    private long told;
    private boolean over;
    private @Nullable Throwable failure;

    private EventStream(FluxSink<E> sink, Predicate<? super E> light) {
        this.sink = sink;
        this.light = light;
    }

    /**
     * Runs something and gives what it tells.
     *
     * @param work gets what takes its events, and runs when somebody subscribes; what it emits is not used
     * @param light whether an event has little weight
     * @param <E> an event
     * @return the events; ends when the work ends, after the last of them, and fails as it fails; cancelling it cancels
     *     the work
     */
    public static <E> Flux<E> of(Function<Consumer<E>, Mono<?>> work, Predicate<? super E> light) {
        return Flux.create(sink -> new EventStream<>(sink, light).run(work), FluxSink.OverflowStrategy.BUFFER);
    }

    private void run(Function<Consumer<E>, Mono<?>> work) {
        Work running = new Work();
        // Before it starts: it may be cancelled by its first event.
        var unused = sink.onDispose(Disposables.composite(running, observers)).onRequest(more -> drain());
        Mono.defer(() -> work.apply(this::tell)).subscribe(running);
    }

    private void tell(E event) {
        keep(event);
        drain();
    }

    private synchronized void keep(E event) {
        if (lights.size() + others.size() == KEPT) {
            (lights.isEmpty() ? others : lights).removeFirst();
        }
        (light.test(event) ? lights : others).addLast(new Told<>(told++, event));
    }

    private void end(@Nullable Throwable error) {
        synchronized (this) {
            over = true;
            failure = error;
        }
        drain();
    }

    /**
     * One thread at a time hands events on. The first one comes at once, before the work goes on: who cancels at it
     * keeps the rest from beginning. Then no thread that does the work, since an observer may even block.
     */
    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        if (begun) {
            handOnLater();
        } else {
            handOn(Long.MAX_VALUE);
        }
    }

    private void handOnLater() {
        try {
            var unused = observers.schedule(() -> handOn(TURN));
        } catch (RejectedExecutionException closed) {
            if (!sink.isCancelled()) {
                sink.error(closed);
            }
        }
    }

    /** Whoever is in here, or is going to be, has work to do: it is counted off only when there is none. */
    private void handOn(long nanos) {
        long start = System.nanoTime();
        int missed = 1;
        do {
            while (!sink.isCancelled() && sink.requestedFromDownstream() > 0) {
                E event = next();
                if (event == null) {
                    break;
                }
                begun = true;
                var unused = sink.next(event);
                if (System.nanoTime() - start > nanos) {
                    handOnLater();
                    return;
                }
            }
            endIfThrough();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private synchronized @Nullable E next() {
        Told<E> nextLight = lights.peek();
        Told<E> nextOther = others.peek();
        if (nextLight == null && nextOther == null) {
            return null;
        }
        boolean lightFirst = nextOther == null || (nextLight != null && nextLight.place < nextOther.place);
        return (lightFirst ? lights : others).removeFirst().event;
    }

    private void endIfThrough() {
        Throwable error;
        synchronized (this) {
            if (!over || !lights.isEmpty() || !others.isEmpty()) {
                return;
            }
            error = failure;
        }
        if (error == null) {
            sink.complete();
        } else {
            sink.error(error);
        }
    }

    private record Told<E>(long place, E event) {}

    /** Ends the events when the work ends. */
    private final class Work extends BaseSubscriber<Object> {

        @Override
        public Context currentContext() {
            return Context.of(sink.contextView());
        }

        @Override
        protected void hookOnComplete() {
            end(null);
        }

        @Override
        protected void hookOnError(Throwable error) {
            end(error);
        }
    }
}
