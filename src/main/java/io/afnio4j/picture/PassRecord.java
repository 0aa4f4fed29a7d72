package io.afnio4j.picture;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.PassView;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import reactor.util.context.Context;

/**
 * Writes down what becomes of each node during one backward pass, when its calls are on their way, and what its feedback costs:
 * {@code root.backward(BackwardOptions.DEFAULTS.listener(record))}. Passes at the same time take one each; of passes one after the other, such as those of a training, it is the record of the one that began last. It may
 * be read while the pass runs, from any thread.
 */
public final class PassRecord implements BackwardListener {

    private final LongSupplier nanoTime;
    private final Map<Node, Course> courses = new LinkedHashMap<>(); // this and below: guarded by this
    private long begun = -1;
    private long ended = -1;
    private boolean exchanges;
    private Ending ending = Ending.RUNNING;

    public PassRecord() {
        this(System::nanoTime);
    }

    PassRecord(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized BackwardListener begin(PassView pass) {
        courses.clear();
        begun = -1;
        ended = -1;
        exchanges = false;
        ending = Ending.RUNNING;
        return this;
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
        } else if (event instanceof BackwardEvent.Finished) {
            end(Ending.SUCCEEDED, now);
        } else if (event instanceof BackwardEvent.PassFailed) {
            end(Ending.FAILED, now);
        } else if (event instanceof BackwardEvent.PassCancelled) {
            end(Ending.CANCELLED, now);
        }
    }

    /** A pass that commits partly finishes before it fails. */
    private void end(Ending how, long now) {
        ended = now;
        ending = how == Ending.FAILED && ending == Ending.SUCCEEDED ? Ending.FAILED_PARTLY : how;
        courses.values().stream().filter(Course::isWaiting).forEach(course -> {
            if (how == Ending.SUCCEEDED) {
                course.settle();
            } else {
                course.end(Visit.State.CALLED_OFF, now, null);
            }
        });
    }

    /** Since the beginning; whatever comes after the end, such as the end of a call that was given up, comes at the end. */
    private long now() {
        if (ending != Ending.RUNNING) {
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

    /** Events of feedback don't say which node asked for it, and exchanges don't either; the context in which the node asks does. */
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
    synchronized Snapshot snapshot() {
        long wall = begun < 0 ? 0 : now();
        List<Visit> visits = courses.values().stream()
                .map(course -> course.visit(wall, exchanges))
                .flatMap(Stream::ofNullable)
                .map(Objects::requireNonNull)
                .toList();
        return new Snapshot(visits, wall, ending);
    }

    /**
     * What a record holds at one moment.
     *
     * @param visits the nodes that have started, in the order in which they did
     * @param wall how long the pass took, or has taken until now, in nanoseconds
     * @param ending how it ended
     */
    record Snapshot(List<Visit> visits, long wall, Ending ending) {}

    /** How a pass ended. */
    enum Ending {
        RUNNING("still runs"),
        SUCCEEDED("succeeded"),
        FAILED("failed"),
        /** Failed, but for what was put in place: all that could be reached was. */
        FAILED_PARTLY("failed in part"),
        CANCELLED("was cancelled");

        private final String words;

        Ending(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }

        /** Whether what hasn't been asked by now never will be. */
        boolean gaveUp() {
            return this == FAILED || this == CANCELLED;
        }
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
