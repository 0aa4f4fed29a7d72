package io.afnio4j.picture;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Spent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * Writes down what becomes of each node during one backward pass, and what its feedback costs: {@code root.backward(BackwardOptions.DEFAULTS.listener(record))}. Take a new one for each pass. It
 * may be read while the pass runs, from any thread.
 */
public final class PassRecord implements BackwardListener {

    private final LongSupplier nanoTime;
    private final Map<Node, Visit> visits = new LinkedHashMap<>(); // this and below: guarded by this
    private final Map<Node, Spent> spent = new HashMap<>();
    private long begun = -1;
    private long ended = -1;
    private boolean over;

    public PassRecord() {
        this(System::nanoTime);
    }

    PassRecord(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void on(BackwardEvent event) {
        long now = nanoTime.getAsLong();
        if (begun < 0) {
            begun = now;
        }
        ended = over ? ended : now;
        over |= event instanceof BackwardEvent.Finished
                || event instanceof BackwardEvent.PassFailed
                || event instanceof BackwardEvent.PassCancelled;
        if (event instanceof BackwardEvent.NodeStarted started) {
            visits.put(started.node(), new Visit(started.node(), State.WAITING, now - begun, now - begun, null));
        } else if (event instanceof BackwardEvent.NodeFinished finished) {
            end(finished.node(), State.DONE, now - begun, null);
        } else if (event instanceof BackwardEvent.NodeSkipped skipped) {
            end(skipped.node(), State.SKIPPED, now - begun, null);
        } else if (event instanceof BackwardEvent.NodeFailed failed) {
            end(failed.node(), State.FAILED, now - begun, failed.cause());
        }
    }

    /** It has no use for words, so nothing is streamed for it. */
    @Override
    public boolean watchesWords() {
        return false;
    }

    /** Events of feedback don't say which node asked for it; the context in which the node asks does. */
    @Override
    public Context contextFor(Node node, Context context) {
        BackwardListener outer = BackwardListener.of(context);
        return outer == null ? context : context.put(BackwardListener.class, new Bill(node, outer));
    }

    private synchronized void bill(Node node, Spent cost) {
        spent.merge(node, cost, Spent::plus);
    }

    /** What the feedback that a node asked for has cost so far. */
    synchronized Spent spent(Node node) {
        return spent.getOrDefault(node, Spent.NOTHING);
    }

    private void end(Node node, State state, long at, @Nullable Throwable cause) {
        Visit waiting = visits.get(node);
        visits.put(node, new Visit(node, state, waiting == null ? at : waiting.from, at, cause));
    }

    /** What is known of a node; null where it never had to wait. */
    synchronized @Nullable Visit of(Node node) {
        Visit visit = visits.get(node);
        return visit == null ? null : untilNow(visit);
    }

    /** All that is known, in the order in which the nodes started. */
    synchronized List<Visit> visits() {
        return visits.values().stream().map(this::untilNow).toList();
    }

    /** How long the pass took, or has taken until now, in nanoseconds. */
    synchronized long wall() {
        return begun < 0 ? 0 : (over ? ended : nanoTime.getAsLong()) - begun;
    }

    /** What still waits does so until now, or did so until the pass was given up. */
    private Visit untilNow(Visit visit) {
        return visit.state() == State.WAITING
                ? new Visit(visit.node(), State.WAITING, visit.from(), wall(), visit.cause())
                : visit;
    }

    /** Hears what the feedback of one node costs, before the others who watch do. */
    private final class Bill implements BackwardListener {

        private final Node node;
        private final BackwardListener outer;

        private Bill(Node node, BackwardListener outer) {
            this.node = node;
            this.outer = outer;
        }

        @Override
        public void on(BackwardEvent event) {
            if (event instanceof BackwardEvent.FeedbackReceived received) {
                bill(node, received.spent());
            }
            outer.on(event);
        }

        @Override
        public boolean watchesFeedback() {
            return outer.watchesFeedback();
        }

        @Override
        public boolean watchesWords() {
            return outer.watchesWords();
        }
    }

    /** What became of a node. */
    enum State {
        WAITING,
        DONE,
        SKIPPED,
        FAILED
    }

    /** One node's time in the pass, in nanoseconds since its beginning. */
    record Visit(
            Node node,
            State state,
            long from,
            long to,
            @Nullable Throwable cause) {

        long took() {
            return to - from;
        }
    }
}
