package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * A door with a fixed number of places behind it and a queue before it. A {@link Turn} goes through when a place is free, the
 * pace allows a start, the door isn't shut, and nobody more urgent waits; who came first goes first among equals. A place is
 * given back on every way out, and a turn that isn't wanted any more takes none.
 *
 * <p>State is guarded by one lock that is held for a step of O(log n) and never while a call starts. Calls are let in by a
 * loop: a call that ends while it is started adds a round to the loop that runs already, not a frame to the stack.
 */
final class Admission {

    private static final Comparator<Turn> MOST_URGENT_FIRST =
            Comparator.comparingInt((Turn turn) -> turn.priority).reversed().thenComparingLong(turn -> turn.number);

    private final int places;
    private final @Nullable Pace pace;
    private final Scheduler timers;
    private final AtomicInteger rounds = new AtomicInteger();

    // All guarded by this, as are the states of the turns.
    private final TreeSet<Turn> waiting = new TreeSet<>(MOST_URGENT_FIRST);
    private long arrivals;
    private int taken;
    private int closures;

    Admission(int places, @Nullable Pace pace, Scheduler timers) {
        this.places = places;
        this.pace = pace;
        this.timers = timers;
    }

    /**
     * Joins the queue.
     *
     * @param priority higher goes first
     * @return the caller's turn; whoever drops it must {@link Turn#withdraw()}
     */
    Turn enter(int priority) {
        Turn turn = join(priority);
        letIn();
        return turn;
    }

    private synchronized Turn join(int priority) {
        Turn turn = new Turn(priority, arrivals++);
        waiting.add(turn);
        return turn;
    }

    /**
     * Shuts the door for a while; who is inside stays. Where several shut it, it opens when the last of them is over.
     *
     * @param time from now
     */
    void pause(Duration time) {
        shut(time.toNanos());
    }

    // Closures are counted, not compared by their ends: a timer is the only clock here, so a clock that is set back
    // can't keep the door shut.
    private synchronized void shut(long nanos) {
        timers.schedule(this::reopen, nanos, NANOSECONDS);
        closures++;
    }

    private void reopen() {
        synchronized (this) {
            closures--;
        }
        letIn();
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
        if (waiting.isEmpty() || taken == places || closures > 0) {
            return null;
        }
        if (pace != null) {
            long wait = pace.reserve();
            if (wait > 0) {
                shut(wait);
                return null;
            }
            pace.use();
        }
        Turn turn = waiting.pollFirst();
        turn.state = State.GRANTED;
        taken++;
        return turn;
    }

    synchronized int inFlight() {
        return taken;
    }

    synchronized int queued() {
        return waiting.size();
    }

    private enum State {
        WAITING,
        GRANTED,
        STARTED,
        OVER
    }

    /** One caller's way through the door. */
    final class Turn {

        private final int priority;
        private final long number;
        private final Sinks.One<Turn> door = Sinks.one();
        private State state = State.WAITING;

        private Turn(int priority, long number) {
            this.priority = priority;
            this.number = number;
        }

        /**
         * Waits for the turn.
         *
         * @return this turn, once it may start: it must {@link #leave()} then; empty where it was withdrawn
         */
        Mono<Turn> granted() {
            return door.asMono().filter(Turn::start);
        }

        private void open() {
            try {
                door.emitValue(this, Sinks.EmitFailureHandler.FAIL_FAST);
            } catch (Throwable thrown) {
                // Only a subscriber that breaks the rules, or an error of the JVM, comes up to here. It must not take
                // the whole queue with it.
                withdraw();
                leave();
                Operators.onErrorDropped(thrown, Context.empty());
            }
        }

        // From here on the place belongs to the call, which gives it back when its exchange has ended. Before, a
        // cancelled caller gives it back itself: so no place is free while the call that held it can still start.
        private boolean start() {
            synchronized (Admission.this) {
                boolean wanted = state == State.GRANTED;
                if (wanted) {
                    state = State.STARTED;
                }
                return wanted;
            }
        }

        /** The caller has lost interest. A turn that has started isn't touched. */
        void withdraw() {
            synchronized (Admission.this) {
                if (state == State.WAITING) {
                    waiting.remove(this);
                    state = State.OVER;
                }
                if (state != State.GRANTED) {
                    return;
                }
            }
            giveBack(State.GRANTED);
        }

        /** The call has ended; once is enough, more does no harm. */
        void leave() {
            giveBack(State.STARTED);
        }

        private void giveBack(State held) {
            synchronized (Admission.this) {
                if (state != held) {
                    return;
                }
                state = State.OVER;
                taken--;
            }
            letIn();
        }
    }
}
