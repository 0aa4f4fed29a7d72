package io.afnio4j.picture;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.Node;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import reactor.util.context.Context;

/**
 * What is written down of one pass: what becomes of each node, when its calls are on their way, and what its feedback
 * costs. What a pass tells after the next one has begun, such as the end of a call that it gave up, is written here and
 * not there.
 */
final class PassNotes implements BackwardListener {

    private final LongSupplier nanoTime;
    private final Map<Node, Course> courses = new LinkedHashMap<>(); // this and below: guarded by this
    private final Set<Node> computed = new HashSet<>();
    private long begun = -1;
    private long ended = -1;
    private boolean exchanges;
    private PassRecord.Ending ending = PassRecord.Ending.RUNNING;

    PassNotes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void on(BackwardEvent event) {
        long now = now();
        if (event instanceof BackwardEvent.NodeStarted started) {
            course(started.node()).start(now);
        } else if (event instanceof BackwardEvent.Queued queued) {
            course(queued.node()).queue(now);
        } else if (event instanceof BackwardEvent.Admitted admitted) {
            course(admitted.node()).admit(now);
        } else if (event instanceof BackwardEvent.NodeFinished finished) {
            course(finished.node()).end(Visit.State.DONE, now, null);
        } else if (event instanceof BackwardEvent.NodeSkipped skipped) {
            Course course = course(skipped.node());
            course.end(course.isWaiting() ? Visit.State.CALLED_OFF : Visit.State.SKIPPED, now, null);
        } else if (event instanceof BackwardEvent.NodeFailed failed) {
            course(failed.node()).end(Visit.State.FAILED, now, failed.cause());
        } else if (event instanceof BackwardEvent.NodeComputed done) {
            computed.add(done.node());
        } else if (event instanceof BackwardEvent.Finished) {
            end(PassRecord.Ending.SUCCEEDED, now);
        } else if (event instanceof BackwardEvent.PassFailed) {
            end(PassRecord.Ending.FAILED, now);
        } else if (event instanceof BackwardEvent.PassCancelled) {
            end(PassRecord.Ending.CANCELLED, now);
        }
    }

    /** A pass that commits partly finishes before it fails. */
    private void end(PassRecord.Ending how, long now) {
        ended = now;
        ending = how == PassRecord.Ending.FAILED && ending == PassRecord.Ending.SUCCEEDED
                ? PassRecord.Ending.FAILED_PARTLY
                : how;
        courses.values().stream().filter(Course::isWaiting).forEach(course -> {
            if (how == PassRecord.Ending.SUCCEEDED) {
                course.settle();
            } else {
                course.end(Visit.State.CALLED_OFF, now, null);
            }
        });
    }

    /**
     * Since the beginning; whatever comes after the end, such as the end of a call that was given up, comes at the end.
     */
    private long now() {
        if (ending != PassRecord.Ending.RUNNING) {
            return ended;
        }
        long now = nanoTime.getAsLong();
        begun = begun < 0 ? now : begun;
        return now - begun;
    }

    private Course course(Node node) {
        return courses.computeIfAbsent(node, Course::new);
    }

    /** It has no use for words, so nothing is streamed for it. */
    @Override
    public boolean watchesWords() {
        return false;
    }

    /**
     * Events of feedback don't say which node asked for it, and exchanges don't either; the context in which the node
     * asks does.
     */
    @Override
    public Context contextFor(Node node, Context context) {
        Context own = new Sent(node).in(context);
        BackwardListener outer = BackwardListener.of(context);
        return outer == null ? own : own.put(BackwardListener.class, new Bill(node, outer));
    }

    private synchronized void bill(Node node, BackwardEvent.FeedbackReceived received) {
        course(node).bill(now(), received);
    }

    private synchronized void send(Node node) {
        exchanges = true;
        course(node).send(now());
    }

    private synchronized void receive(Node node) {
        course(node).receive(now());
    }

    /** All that is known at this moment, so that no bar ends behind the chart. */
    synchronized PassRecord.Snapshot snapshot() {
        long wall = begun < 0 ? 0 : now();
        List<Visit> visits = courses.values().stream()
                .map(course -> course.visit(wall, exchanges))
                .flatMap(Stream::ofNullable)
                .map(Objects::requireNonNull)
                .toList();
        return new PassRecord.Snapshot(visits, Set.copyOf(computed), wall, ending);
    }

    /** Hears when the calls of one node are on their way. */
    private final class Sent implements ExchangeListener {

        private final Node node;

        private Sent(Node node) {
            this.node = node;
        }

        @Override
        public void onStart() {
            send(node);
        }

        @Override
        public void onRefusal() {
            receive(node);
        }

        @Override
        public void onEnd(Exchange exchange) {
            receive(node);
        }
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
                bill(node, received);
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
}
