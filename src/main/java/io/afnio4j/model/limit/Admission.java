package io.afnio4j.model.limit;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.Phase;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.CircuitOpenException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.Limits;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A door with places behind it and a queue before it. A {@link Turn} goes through when a place is free ({@link Concurrency}), the limits per minute and the
 * provider allow a start ({@link Rates}), and nobody else is before it in the {@link WaitingLine}. A place is given back on
 * every way out, and a turn that isn't wanted any more takes none.
 *
 * <p>State is guarded by one lock that is held for a step of O(log n) and never while a call starts. Calls are let in by a
 * loop: a call that ends while it is started adds a round to the loop that runs already, not a frame to the stack. One timer wakes the first of the queue,
 * and one the place of a cancelled call; nobody else has one.
 */
final class Admission {

    /** How long a throttled answer that names no time holds everyone. */
    private static final Duration UNNAMED_PAUSE = Duration.ofSeconds(1);

    private final AtomicInteger rounds = new AtomicInteger();

    // All guarded by this, as are the states of the turns.
    private final WaitingLine<Turn> waiting = new WaitingLine<>();
    private final Time time;
    private final Concurrency concurrency;
    private final Rates rates;
    private long arrivals;
    private int taken;
    private int ended; // of those
    private long throttled;
    private final Alarm alarm;
    private final Lull lull;

    Admission(Limits limits, Scheduler timers, Pause pause) {
        this.time = new Time(timers);
        this.concurrency = new Concurrency(limits.maxConcurrency(), limits.adaptive());
        this.rates = new Rates(limits, pause, time.now());
        this.alarm = new Alarm(timers, this::wake);
        this.lull = new Lull(timers, this::wakeInLull);
    }

    /**
     * Joins the queue.
     *
     * @param request what is going to be sent
     * @param context of the caller: what the call is for, how urgent it is, when it came, and whether it is called off
     * @return the caller's turn; whoever drops it must {@link Turn#withdraw()}
     */
    Turn enter(ChatRequest request, ContextView context) {
        Ticket ticket = rates.ticket(request, Phase.of(context));
        Turn turn = join(ticket, context);
        letIn();
        return turn;
    }

    private synchronized Turn join(Ticket ticket, ContextView context) {
        Turn turn = new Turn(ticket, context, arrivals++);
        waiting.add(turn);
        return turn;
    }

    private void letIn() {
        if (rounds.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Turn turn = next(); turn != null; turn = next()) {
                turn.open();
            }
            seen = rounds.addAndGet(-seen);
        } while (seen != 0);
    }

    private synchronized @Nullable Turn next() {
        if (waiting.isEmpty() || taken >= concurrency.places()) {
            return null;
        }
        long now = time.now();
        Turn first = waiting.first();
        long wait = rates.delay(first.ticket, now);
        if (wait > 0) {
            alarm.ringIn(wait, now);
            return null;
        }
        waiting.removeFirst();
        rates.start(first.ticket, now);
        first.state = State.GRANTED;
        first.startedAt = now;
        taken++;
        return first;
    }

    private void wake() {
        synchronized (this) {
            alarm.rang();
        }
        letIn();
    }

    /** Lets in when nobody has left for a moment, unless something else happens at the door before. */
    private synchronized void letInSoon() {
        if (!waiting.isEmpty()) {
            lull.left(time.now());
        }
    }

    private void wakeInLull() {
        if (isLull()) {
            letIn();
        }
    }

    private synchronized boolean isLull() {
        return lull.hasCome(time.now());
    }

    synchronized int inFlight() {
        return taken - ended;
    }

    synchronized int queued() {
        return waiting.size();
    }

    synchronized int places() {
        return concurrency.places();
    }

    synchronized long throttled() {
        return throttled;
    }

    private enum State {
        WAITING,
        GRANTED,
        STARTED,
        ENDED, // nothing is on its way, but the place isn't free before the caller has heard
        OVER
    }

    /** One attempt's way through the door. */
    final class Turn extends WaitingLine.Waiter implements RateLimits.Listener {

        private final Ticket ticket;
        private final ContextView context;
        private State state = State.WAITING;
        private long startedAt;
        private @Nullable MonoSink<Turn> door; // of who waits

        private Turn(Ticket ticket, ContextView context, long number) {
            super(context, number);
            this.ticket = ticket;
            this.context = context;
        }

        /** Whether nobody needs the call any more: then it must fail with a {@link CalledOffException} instead of being sent. */
        boolean isCalledOff() {
            return CallOff.isCalledOff(context);
        }

        /**
         * Waits for the turn.
         *
         * @return this turn, once it may start: it must {@link #leave()} then; empty where it was withdrawn; a {@link CalledOffException} as soon as nobody needs it any more
         */
        Mono<Turn> granted() {
            return Mono.<Turn>create(this::await).filter(Turn::startsNow);
        }

        private void await(MonoSink<Turn> sink) {
            if (waitsAt(sink)) {
                var unused =
                        sink.onDispose(CallOff.when(context).subscribe(nothing -> {}, sink::error, () -> giveUp(sink)));
            } else {
                sink.success(this);
            }
        }

        private boolean waitsAt(MonoSink<Turn> sink) {
            synchronized (Admission.this) {
                if (state == State.WAITING) {
                    door = sink;
                }
                return state == State.WAITING;
            }
        }

        /** Nobody needs the call any more. One that is let in at this moment sees it for itself. */
        private void giveUp(MonoSink<Turn> sink) {
            synchronized (Admission.this) {
                if (state != State.WAITING) {
                    return;
                }
                waiting.remove(this);
                state = State.OVER;
            }
            sink.error(new CalledOffException());
            letIn(); // whoever is first now may need less
        }

        private void open() {
            MonoSink<Turn> visible;
            synchronized (Admission.this) {
                visible = door;
            }
            if (visible == null) {
                return; // who comes to wait sees that it is granted
            }
            try {
                visible.success(this);
            } catch (Throwable thrown) {
                // Only a subscriber that breaks the rules, or an error of the JVM, comes up to here. It must not take
                // the whole queue with it.
                withdraw();
                leave();
                Operators.onErrorDropped(thrown, Context.empty());
            }
        }

        /**
         * Starts, where the turn is granted: the common case needs no more than this. From here on the place belongs to the call, which gives it back when its exchange has ended. Before, a
         * cancelled caller gives it back itself: so no place is free while the call that held it can still start.
         *
         * @return true where the call must start now and {@link #leave()} in the end
         */
        boolean startsNow() {
            synchronized (Admission.this) {
                boolean wanted = state == State.GRANTED;
                if (wanted) {
                    state = State.STARTED;
                }
                return wanted;
            }
        }

        @Override
        public void onRateLimits(RateLimits said) {
            synchronized (Admission.this) {
                rates.learn(ticket, said, time.now());
            }
        }

        /** The answer is there. */
        void answered(Usage usage) {
            synchronized (Admission.this) {
                long now = time.now();
                rates.settle(ticket, usage, now);
                concurrency.answered(now - startedAt, taken);
                end();
            }
        }

        /** The attempt failed. It counts as one all the same, unless nothing was sent. */
        void failed(Throwable failure) {
            synchronized (Admission.this) {
                if (failure instanceof CircuitOpenException || failure instanceof CalledOffException) {
                    rates.notSent(ticket, time.now());
                } else if (failure instanceof ThrottledException throttled) {
                    Duration asked = throttled.retryAfter();
                    rates.pause(asked == null ? UNNAMED_PAUSE : asked, time.now());
                    concurrency.throttled();
                    Admission.this.throttled++;
                }
                end();
            }
        }

        private void end() {
            if (state == State.STARTED) {
                state = State.ENDED;
                ended++;
            }
        }

        /** The caller has lost interest. A turn that has started isn't touched. */
        void withdraw() {
            synchronized (Admission.this) {
                if (state == State.WAITING) {
                    waiting.remove(this);
                    state = State.OVER;
                } else if (state == State.GRANTED) {
                    rates.notSent(ticket, time.now());
                    rates.end(ticket, time.now());
                    state = State.OVER;
                    taken--;
                } else {
                    return;
                }
            }
            letInSoon(); // also where it only waited: whoever is first now may need less
        }

        /** The call has ended; once is enough, more does no harm. */
        void leave() {
            State found = giveBack();
            if (found == State.STARTED || found == State.ENDED) {
                letIn();
            }
        }

        /** The caller has left a call that had started. */
        void abandon() {
            State found = giveBack();
            if (found == State.STARTED) {
                letInSoon();
            } else if (found == State.ENDED) {
                letIn();
            }
        }

        /** Gives the place back where the call has one, and says what it found. */
        private State giveBack() {
            synchronized (Admission.this) {
                State found = state;
                if (found == State.STARTED || found == State.ENDED) {
                    ended -= found == State.ENDED ? 1 : 0;
                    state = State.OVER;
                    rates.end(ticket, time.now());
                    taken--;
                }
                return found;
            }
        }
    }
}
