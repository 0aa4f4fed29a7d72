package io.afnio4j.model.limit;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.Usage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One attempt's way through the door of an {@link Admission}: it waits in the line, is granted a place, starts its
 * call, and gives the place back. What happens to it is decided by the {@link Places}; here the caller is told, and
 * others are let in where that made room.
 */
final class Turn extends WaitingLine.Waiter implements RateLimits.Listener {

    enum State {
        WAITING,
        GRANTED,
        STARTED,
        ENDED, // nothing is on its way, but the place isn't free before the caller has heard
        OVER
    }

    final Ticket ticket;
    private final Admission door;
    private final ContextView context;

    // Guarded by the places, which alone change them.
    State state = State.WAITING;
    Served.@Nullable Flight flight; // once it is granted

    @Nullable MonoSink<Turn> caller; // of who waits; stays as it is once the turn is granted

    /** To be made by {@link Places#join}. */
    Turn(Admission door, Ticket ticket, ContextView context, long number) {
        super(context, number);
        this.door = door;
        this.ticket = ticket;
        this.context = context;
    }

    /** The call, once it is granted. */
    Served.Flight flight() {
        return Objects.requireNonNull(flight);
    }

    /**
     * Whether nobody needs the call any more: then it must fail with a {@link CalledOffException} instead of being
     * sent.
     */
    boolean isCalledOff() {
        return CallOff.isCalledOff(context);
    }

    /**
     * Waits for the turn.
     *
     * @return this turn, once it may start: it must {@link #leave()} then; empty where it was withdrawn; a
     *     {@link CalledOffException} as soon as nobody needs it any more
     */
    Mono<Turn> granted() {
        return Mono.<Turn>create(this::await).filter(Turn::startsNow);
    }

    private void await(MonoSink<Turn> sink) {
        if (door.places.waits(this, sink)) {
            var unused =
                    sink.onDispose(CallOff.when(context).subscribe(nothing -> {}, sink::error, () -> giveUp(sink)));
        } else {
            sink.success(this);
        }
    }

    /** Nobody needs the call any more. One that is let in at this moment sees it for itself. */
    private void giveUp(MonoSink<Turn> sink) {
        if (door.places.giveUp(this)) {
            sink.error(new CalledOffException());
            door.letIn(); // whoever is first now may need less
        }
    }

    /** Tells the caller that a place is granted. */
    void open() {
        MonoSink<Turn> waiter = caller;
        if (waiter == null) {
            return; // who comes to wait sees that it is granted
        }
        try {
            waiter.success(this);
        } catch (Throwable thrown) {
            // Only a subscriber that breaks the rules, or an error of the JVM, comes up to here. It must not take
            // the whole queue with it.
            withdraw();
            leave();
            Operators.onErrorDropped(thrown, Context.empty());
        }
    }

    /**
     * Starts, where the turn is granted: the common case needs no more than this. From here on the place belongs to the
     * call, which gives it back when its exchange has ended. Before, a cancelled caller gives it back itself: so no
     * place is free while the call that held it can still start.
     *
     * @return true where the call must start now and {@link #leave()} in the end
     */
    boolean startsNow() {
        return door.places.start(this);
    }

    @Override
    public void onRateLimits(RateLimits said) {
        door.places.learn(this, said);
    }

    /** The answer is there. */
    void answered(Usage usage) {
        door.places.answered(this, usage);
    }

    void failed(Throwable failure) {
        door.places.failed(this, failure);
    }

    /** The caller has lost interest. A turn that has started isn't touched. */
    void withdraw() {
        if (door.places.withdraw(this)) {
            door.places.left(); // also where it only waited: whoever is first now may need less
        }
    }

    /** The call has ended; once is enough, more does no harm. */
    void leave() {
        State found = door.places.giveBack(this);
        if (found == State.STARTED || found == State.ENDED) {
            door.letIn();
        }
    }

    /** The caller has left a call that had started. */
    void abandon() {
        State found = door.places.giveBack(this);
        if (found == State.STARTED) {
            door.places.left();
        } else if (found == State.ENDED) {
            door.letIn();
        }
    }
}
