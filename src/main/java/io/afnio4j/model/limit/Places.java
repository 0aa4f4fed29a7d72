package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.CircuitOpenException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.Limits;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.Usage;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * The books of an {@link Admission}: who waits, who has a place, and what the calls taught of the limits. All that is
 * decided about a {@link Turn} is decided here, under one lock, in steps of O(log n). Nobody is told of it from here,
 * so no call starts and no caller runs under the lock.
 */
final class Places {

    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    // All guarded by this, as are the states of the turns.
    private final WaitingLine<Turn> waiting = new WaitingLine<>();
    private final Time time;
    private final Concurrency concurrency;
    private final Rates rates;
    private final Alarm alarm;
    private final Lull lull;
    private final IntervalFunction unnamed; // pauses, by how often all were refused
    private long arrivals;
    private int taken;
    private int ended; // of those
    private int shutOut; // refusals since the last answer that no other call was on the way at
    private long throttled;

    /**
     * All places are free.
     *
     * @param alarm wakes the first of the line; whoever is woken says that it {@linkplain #alarmRang rang}
     * @param lull wakes when nobody leaves any more; whoever is woken asks whether it {@linkplain #isLull has come}
     */
    Places(Limits limits, Scheduler timers, Pause pause, Alarm alarm, Lull lull) {
        this.time = new Time(timers);
        this.concurrency = new Concurrency(limits.maxConcurrency(), limits.adaptive());
        this.rates = new Rates(limits, pause, time.now());
        this.alarm = alarm;
        this.lull = lull;
        this.unnamed = IntervalFunction.ofExponentialBackoff(SHORTEST_PAUSE.toMillis(), 2, longest(limits));
    }

    /** What is longer than the user is going to wait would hold nobody, as does a millisecond where he waits less. */
    private static long longest(Limits limits) {
        Duration most = limits.maxRetryWait();
        return Math.max(1, (most.compareTo(LONGEST_PAUSE) < 0 ? most : LONGEST_PAUSE).toMillis());
    }

    /** What a request needs of the limits. Without the lock, for a long prompt takes time to read. */
    Ticket ticket(ChatRequest request, Phase phase) {
        return rates.ticket(request, phase);
    }

    /** A new turn, in the line. */
    synchronized Turn join(Admission door, Ticket ticket, ContextView context) {
        Turn turn = new Turn(door, ticket, context, arrivals++);
        waiting.add(turn);
        return turn;
    }

    /** Gives a place to who is next. Null where nobody may go now; if only for a time, the alarm is set. */
    synchronized @Nullable Turn grant() {
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
        first.state = Turn.State.GRANTED;
        first.flight = concurrency.sent(now);
        taken++;
        return first;
    }

    synchronized void alarmRang() {
        alarm.rang();
    }

    /** Whether a turn has to wait; whoever lets it in finds its caller then. */
    synchronized boolean waits(Turn turn, MonoSink<Turn> caller) {
        boolean waits = turn.state == Turn.State.WAITING;
        if (waits) {
            turn.caller = caller;
        }
        return waits;
    }

    /** Takes a turn out of the line; false where it doesn't wait. */
    synchronized boolean giveUp(Turn turn) {
        boolean waits = turn.state == Turn.State.WAITING;
        if (waits) {
            waiting.remove(turn);
            turn.state = Turn.State.OVER;
        }
        return waits;
    }

    /** From here on the place belongs to the call; false where the turn has none to give it. */
    synchronized boolean start(Turn turn) {
        boolean granted = turn.state == Turn.State.GRANTED;
        if (granted) {
            turn.state = Turn.State.STARTED;
        }
        return granted;
    }

    /** Ends a turn whose call hasn't started; false where it has, or where the turn is over. */
    synchronized boolean withdraw(Turn turn) {
        if (giveUp(turn)) {
            return true;
        }
        boolean granted = turn.state == Turn.State.GRANTED;
        if (granted) {
            rates.notSent(turn.ticket, time.now());
            leave(turn);
        }
        return granted;
    }

    synchronized void learn(Turn turn, RateLimits said) {
        rates.learn(turn.ticket, said, time.now());
    }

    synchronized void answered(Turn turn, Usage usage) {
        long now = time.now();
        rates.settle(turn.ticket, usage, now);
        shutOut = 0;
        concurrency.answered(now - turn.flight().sentAt, taken);
        end(turn);
    }

    /** An attempt that failed counts as one all the same, unless nothing was sent. */
    synchronized void failed(Turn turn, Throwable failure) {
        long now = time.now();
        int others = inFlight() - 1;
        if (failure instanceof CircuitOpenException || failure instanceof CalledOffException) {
            rates.notSent(turn.ticket, now);
        } else if (failure instanceof ThrottledException refusal) {
            pause(refusal.retryAfter(), others, now);
            concurrency.throttled(turn.flight(), now, others);
            throttled++;
        } else if (failure instanceof UnavailableException refusal && !refusal.answerLost()) {
            concurrency.unavailable(turn.flight(), now, others);
        }
        end(turn);
    }

    /**
     * Where no time is named, others may be refused nothing: a provider that takes some calls at a time has room for
     * the next as soon as one of them ends. So everyone is held only where nobody else is on the way. A time of zero
     * names none: who refuses doesn't mean that all may come back at once.
     */
    private void pause(@Nullable Duration asked, int others, long now) {
        if (asked != null && !asked.isZero()) {
            rates.pause(asked, now);
        } else if (others == 0) {
            rates.pause(Duration.ofMillis(unnamed.apply(++shutOut)), now);
        }
    }

    private void end(Turn turn) {
        if (turn.state == Turn.State.STARTED) {
            turn.state = Turn.State.ENDED;
            ended++;
        }
    }

    /** Takes back the place of a call that had started, where it still has one, and says how the turn stood. */
    synchronized Turn.State giveBack(Turn turn) {
        Turn.State found = turn.state;
        if (found == Turn.State.STARTED || found == Turn.State.ENDED) {
            ended -= found == Turn.State.ENDED ? 1 : 0;
            leave(turn);
        }
        return found;
    }

    private void leave(Turn turn) {
        long now = time.now();
        turn.state = Turn.State.OVER;
        rates.end(turn.ticket, now);
        concurrency.over(turn.flight(), now);
        taken--;
    }

    /** Notes that somebody has left, so that the others are let in when nobody has for a moment. */
    synchronized void left() {
        if (!waiting.isEmpty()) {
            lull.left(time.now());
        }
    }

    synchronized boolean isLull() {
        return lull.hasCome(time.now());
    }

    synchronized int inFlight() {
        return taken - ended;
    }

    synchronized int queued() {
        return waiting.size();
    }

    /** How many there are at this moment, taken or free. */
    synchronized int count() {
        return concurrency.places();
    }

    synchronized long throttled() {
        return throttled;
    }
}
