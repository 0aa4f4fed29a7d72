package io.afnio4j.autodiff;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.Priority;
import io.afnio4j.error.CalledOffException;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Lets a limited number of calls of one pass be on their way at once. Others wait in a queue: the one on which the
 * longest chain of calls hangs goes first, and among equals the one that comes first in graph order, whenever it was
 * asked. So the limit costs the pass as little time as it can.
 *
 * <p>The queue is guarded by this object's lock, which is held for a few instructions only; those who wait are let in
 * by a drain loop, so that many calls that answer at once are a loop and not a recursion.
 */
final class CallGate {

    private final PriorityQueue<Ticket> waiting =
            new PriorityQueue<>(Comparator.comparingInt((Ticket ticket) -> -ticket.priority)
                    .thenComparingInt(ticket -> ticket.asker.place)
                    .thenComparingLong(ticket -> ticket.arrival));
    private final AtomicInteger work = new AtomicInteger();
    private int free;
    private boolean shut;
    private long arrivals;

    CallGate(int permits) {
        this.free = permits;
    }

    /** The context of a node's calls. */
    Context in(Context context, int place, Node node) {
        return context.put(CallGate.class, this).put(Asker.class, new Asker(place, node));
    }

    /** Asks when the turn has come, at once where the pass has no gate. Errors of the JVM are told as well. */
    static <T> void ask(Mono<T> call, CoreSubscriber<? super T> asker) {
        CallGate gate = asker.currentContext().getOrDefault(CallGate.class, null);
        Heard.by(asker, gate == null ? call : gate.through(call, asker.currentContext()));
    }

    /** The same call, let through when its turn has come; what it asks itself goes in its place. */
    <T> Mono<T> through(Mono<T> call, ContextView subscription) {
        return Mono.using(
                () -> new Ticket(subscription),
                ticket -> ticket.admitted()
                        .then(Mono.defer(() -> CallOff.isCalledOff(subscription)
                                ? Mono.error(new CalledOffException())
                                : ticket.tellingOf(new Heard<>(call))))
                        .contextWrite(inside -> inside.delete(CallGate.class)), // it would wait for its own place
                Ticket::giveBack,
                false); // first what the answer sets off may queue, then the next call is chosen
    }

    /**
     * Lets nobody in any more. Those who wait are about to be cancelled, and none of them has to look for its place in
     * the queue then.
     */
    synchronized void shut() {
        shut = true;
        waiting.clear();
    }

    synchronized int queued() {
        return waiting.size();
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            for (Ticket next = next(); next != null; next = next()) {
                next.admit();
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private synchronized @Nullable Ticket next() {
        if (shut || free == 0 || waiting.isEmpty()) {
            return null;
        }
        Ticket next = waiting.remove();
        next.take();
        return next;
    }

    /** One call's way through the gate. */
    private final class Ticket {

        private final int priority;
        private final Asker asker;
        private final ContextView subscription;
        private long arrival; // this and below: guarded by the gate
        private boolean holdsPermit;
        private boolean left;
        private @Nullable MonoSink<Void> entrance;

        private Ticket(ContextView subscription) {
            this.priority = Priority.of(subscription);
            this.asker = subscription.get(Asker.class);
            this.subscription = subscription;
        }

        private Mono<Void> admitted() {
            return Mono.create(sink -> {
                if (queues(sink)) {
                    BackwardListener.tell(subscription, new BackwardEvent.Queued(asker.node));
                    drain();
                } else {
                    admit();
                }
            });
        }

        /**
         * Whether it has to wait. A place is taken with the same look that finds it free, so that of two who come for
         * the last one, the other knows.
         */
        private boolean queues(MonoSink<Void> sink) {
            synchronized (CallGate.this) {
                if (left || shut) { // it was cancelled before it came here, and nobody would give back what it got
                    return false;
                }
                entrance = sink;
                if (free > 0 && waiting.isEmpty()) {
                    take();
                    return false;
                }
                arrival = arrivals++;
                return waiting.add(this);
            }
        }

        private void take() {
            free--;
            holdsPermit = true;
        }

        private <T> Mono<T> tellingOf(Mono<T> call) {
            BackwardListener.tell(subscription, new BackwardEvent.Admitted(asker.node));
            return call;
        }

        private void admit() {
            MonoSink<Void> sink = entrance;
            if (sink != null) {
                sink.success();
            }
        }

        private void giveBack() {
            synchronized (CallGate.this) {
                left = true;
                if (holdsPermit) {
                    holdsPermit = false;
                    free++;
                } else if (!shut) {
                    waiting.remove(this);
                }
            }
            drain();
        }
    }

    /** Whose call it is, and where that node stands in graph order. */
    private record Asker(int place, Node node) {}
}
