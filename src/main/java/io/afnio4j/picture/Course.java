package io.afnio4j.picture;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Spent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is written down of one node while its pass runs; guarded by the record that it belongs to. Whether something is
 * on its way is known best from those who send: a client that counts tells of each exchange. Where none does, a call is
 * taken to be on its way from when the pass's limit let it through, or else from when the node was ready.
 */
final class Course {

    private static final long NEVER = -1;

    private final Node node;
    private long from = NEVER;
    private long to = NEVER; // NEVER while it waits
    private Visit.State state = Visit.State.WAITING;
    private @Nullable Throwable cause;

    private boolean queued; // before any question of it was let through
    private long admitted = NEVER;
    private int onTheirWay;
    private long sentAt = NEVER; // the first of those on their way
    private long changedAt = NEVER;
    private long heardAt = NEVER; // the last time that something came
    private int count;
    private long sum;
    private final List<Visit.Span> sent = new ArrayList<>(1);

    private Spent spent = Spent.NOTHING;
    private BackwardEvent.@Nullable FeedbackReceived first;

    Course(Node node) {
        this.node = node;
    }

    /** A node that has its feedback condensed first has queued, asked and sent before. */
    void start(long now) {
        from = from == NEVER ? now : from;
    }

    void end(Visit.State how, long now, @Nullable Throwable why) {
        start(now);
        to = now;
        state = how;
        cause = why;
    }

    /** A node that had its feedback condensed and answers at once by itself says nothing of its end. */
    void settle() {
        end(Visit.State.DONE, Math.max(from, heardAt), null);
    }

    boolean isWaiting() {
        return from != NEVER && to == NEVER;
    }

    /** May be told only after a place has been found. */
    void queue(long now) {
        start(now);
        queued |= admitted == NEVER;
    }

    void admit(long now) {
        start(now);
        admitted = admitted == NEVER ? now : admitted;
    }

    void send(long now) {
        start(now);
        sum = sumUntil(now);
        changedAt = now;
        count++;
        if (onTheirWay++ == 0) {
            sentAt = now;
        }
    }

    void receive(long now) {
        sum = sumUntil(now);
        changedAt = now;
        heardAt = now;
        if (--onTheirWay == 0) {
            sent.add(new Visit.Span(sentAt, now));
        }
    }

    /** A call may be given up after its node has ended, such as the slower one of two. */
    private List<Visit.Span> sentUntil(long end) {
        Stream<Visit.Span> open = onTheirWay > 0 ? Stream.of(new Visit.Span(sentAt, end)) : Stream.empty();
        return Stream.concat(sent.stream(), open)
                .filter(span -> span.from() < end)
                .map(span -> new Visit.Span(span.from(), Math.min(span.to(), end)))
                .toList();
    }

    private long sumUntil(long now) {
        return sum + onTheirWay * Math.max(0, now - changedAt);
    }

    /** Only kept here: who looks at feedback may fail, which the pass must not. */
    void bill(long now, BackwardEvent.FeedbackReceived received) {
        heardAt = now;
        spent = spent.plus(received.spent());
        first = first == null ? received : first;
    }

    /**
     * Null where the node has not started. What still waits has done so until now.
     *
     * @param exchanges whether the pass's client tells of exchanges, so that who has had none is still in its queue
     */
    @Nullable Visit visit(long now, boolean exchanges) {
        if (from == NEVER) {
            return null;
        }
        long end = to == NEVER ? now : to;
        long limit = !queued ? 0 : (admitted == NEVER ? end : admitted) - from;
        return new Visit(node, state, from, end, limit, calls(end, exchanges), new Visit.Feedback(spent, first), cause);
    }

    private Visit.Calls calls(long end, boolean exchanges) {
        if (onTheirWay > 0 || !sent.isEmpty()) {
            return new Visit.Calls(sentUntil(end), sumUntil(end), count);
        }
        boolean inQueue = queued && admitted == NEVER;
        boolean unanswered = state == Visit.State.WAITING || state == Visit.State.CALLED_OFF;
        if (state == Visit.State.SKIPPED || inQueue || (exchanges && unanswered)) {
            return Visit.Calls.NONE;
        }
        return Visit.Calls.from(queued ? admitted : from, end);
    }
}
