package io.afnio4j.picture;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Spent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node's time in a pass, in nanoseconds since its beginning.
 *
 * @param from when it was ready to ask
 * @param to when it was answered, failed or was given up; of one that still waits, now
 * @param waitedForLimit how long it waited until the first of its questions got its place at the pass's own limit
 * @param asked its calls
 * @param feedback what it was answered
 * @param cause why it failed
 */
record Visit(
        Node node,
        State state,
        long from,
        long to,
        long waitedForLimit,
        Calls asked,
        Feedback feedback,
        @Nullable Throwable cause) {

    /** When at least one of its calls was on its way; what lies between is waiting for a place. */
    List<Span> calls() {
        return asked.spans;
    }

    long took() {
        return to - from;
    }

    /** How long its calls were on their way. */
    long called() {
        return calls().stream().mapToLong(Span::length).sum();
    }

    /** How long it was ready and nothing was on its way. */
    long waited() {
        return took() - called();
    }

    /** How long it had to wait before anything was sent for it. */
    long waitedFirst() {
        return (calls().isEmpty() ? to : calls().get(0).from) - from;
    }

    /** What became of a node. */
    enum State {
        /** It waits for its answers. */
        WAITING,
        /** It has its answers. */
        DONE,
        /** It had nothing to ask. */
        SKIPPED,
        /** It failed for good. */
        FAILED,
        /** It waited when the pass was cancelled or failed. */
        CALLED_OFF
    }

    /**
     * The calls of a node.
     *
     * @param spans when at least one was on its way
     * @param sum how long each took, summed up
     * @param count how many there were, attempts that failed included; 0 where nobody told
     */
    record Calls(List<Span> spans, long sum, int count) {

        static final Calls NONE = new Calls(List.of(), 0, 0);

        static Calls from(long from, long to) {
            return new Calls(List.of(new Span(from, to)), to - from, 0);
        }
    }

    /**
     * What a node was answered.
     *
     * @param spent what all of it has cost so far
     * @param first the piece that came first
     */
    record Feedback(Spent spent, BackwardEvent.@Nullable FeedbackReceived first) {}

    /** From when to when. */
    record Span(long from, long to) {

        long length() {
            return to - from;
        }
    }
}
