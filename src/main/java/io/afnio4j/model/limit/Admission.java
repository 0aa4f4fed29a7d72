package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.Limits;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * A door with {@link Places} behind it and a queue before it. A {@link Turn} goes through when a place is free
 * ({@link Concurrency}), the limits per minute and the provider allow a start ({@link Rates}), and nobody else is
 * before it in the {@link WaitingLine}. A place is given back on every way out, and a turn that isn't wanted any more
 * takes none.
 *
 * <p>Calls are let in by a loop, never under the lock of the places: a call that ends while it is started adds a round
 * to the loop that runs already, not a frame to the stack. One timer wakes the first of the queue, and one the place of
 * a cancelled call; nobody else has one.
 */
final class Admission {

    final Places places;
    private final AtomicInteger rounds = new AtomicInteger();

    Admission(Limits limits, Scheduler timers, Pause pause) {
        this.places =
                new Places(limits, timers, pause, new Alarm(timers, this::wake), new Lull(timers, this::wakeInLull));
    }

    /**
     * Joins the queue.
     *
     * @param request what is going to be sent
     * @param context of the caller: what the call is for, how urgent it is, when it came, and whether it is called off
     * @return the caller's turn; whoever drops it must {@link Turn#withdraw()}
     */
    Turn enter(ChatRequest request, ContextView context) {
        Ticket ticket = places.ticket(request, Phase.of(context));
        Turn turn = places.join(this, ticket, context);
        letIn();
        return turn;
    }

    /** Lets in all who may go now. */
    void letIn() {
        if (rounds.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Turn turn = places.grant(); turn != null; turn = places.grant()) {
                turn.open();
            }
            seen = rounds.addAndGet(-seen);
        } while (seen != 0);
    }

    private void wake() {
        places.alarmRang();
        letIn();
    }

    private void wakeInLull() {
        if (places.isLull()) {
            letIn();
        }
    }
}
