package io.afnio4j.autodiff;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something that happened during a backward pass. */
public sealed interface BackwardEvent {

    /**
     * Whether there may be thousands like it in a moment, and it says little by itself: then it is among the first to
     * be dropped for a {@linkplain EventStream slow observer}.
     *
     * @return true for {@link FeedbackToken}, {@link Queued}, {@link Admitted} and {@link NodeComputed}
     */
    default boolean isLight() {
        return this instanceof FeedbackToken
                || this instanceof Queued
                || this instanceof Admitted
                || this instanceof NodeComputed;
    }

    /**
     * The graph was searched and nothing has started yet.
     *
     * @param nodes how many nodes the pass will visit
     * @param expectedCalls how many calls to a model the pass makes where there is something to say about each sample
     *     and each answer can be used: one per sample and variable, or one per sample where the client is asked for all
     *     its variables at once. Fewer are made where there is nothing to say, where questions come to the same, and
     *     where answers are kept from a pass that failed. What comes on top shows only as answers come: variables that
     *     a call for several brings nothing for are asked for by themselves, much feedback is condensed, and calls that
     *     failed are made again
     * @param modelCallsInChain how many calls to a model the longest chain makes one after the other: the critical path
     */
    record Planned(int nodes, int expectedCalls, int modelCallsInChain) implements BackwardEvent {}

    /**
     * A node that has to wait for an answer has asked.
     *
     * @param node the node
     */
    record NodeStarted(Node node) implements BackwardEvent {}

    /**
     * One of a node's questions has to wait, because the pass has reached its
     * {@linkplain BackwardOptions#maxConcurrency own limit}. A node that asks for many samples has many questions. Who
     * has to wait says so himself: where a place becomes free at the same moment, {@link Admitted}, and what follows
     * from it, may be told before.
     *
     * @param node the node
     */
    record Queued(Node node) implements BackwardEvent {}

    /**
     * One of a node's questions has its place and goes to whom it is for, who may have a queue of his own. Told only
     * where the pass has a limit.
     *
     * @param node the node
     */
    record Admitted(Node node) implements BackwardEvent {}

    /**
     * A few more words of feedback have come. What is told this way is said again as a whole by
     * {@link FeedbackReceived}; where a call has to be made a second time, its words may come twice.
     *
     * @param role the role of the variable that it is for
     * @param sample its place in the batch
     * @param text the words
     */
    record FeedbackToken(String role, int sample, String text) implements BackwardEvent {}

    /**
     * A piece of feedback has come, or several pieces were condensed into one by a call, which is a
     * {@link CondensedGradient} then.
     *
     * @param role the role of the variable that it is for
     * @param variable the variable that it is for where that is a leaf, so that two prompts of one role can be told
     *     apart; null for one in the middle of the graph: the graph remembers its value only, and an event isn't to
     *     keep it alive
     * @param sample its place in the batch; 0 for condensed feedback, which may come from many
     * @param gradient the feedback
     * @param spent what it cost: {@link Spent#NOTHING} where the answer was kept from an earlier pass, is shared with
     *     another question, or lay in a cache. Where one call answers several questions, the first of them bears its
     *     cost, so that the sum over all pieces is right
     */
    record FeedbackReceived(String role, @Nullable Variable variable, int sample, Variable gradient, Spent spent)
            implements BackwardEvent {

        /** Feedback for a variable that is no leaf. */
        public FeedbackReceived(String role, int sample, Variable gradient, Spent spent) {
            this(role, null, sample, gradient, spent);
        }
    }

    /**
     * A call for a piece of feedback failed, and is going to be made again.
     *
     * @param role the role of the variable that it is for
     * @param sample its place in the batch
     * @param attempt which attempt failed, from 1; 0 where nothing was sent yet
     * @param cause why
     * @param delay how long until the next attempt queues
     */
    record Retried(String role, int sample, long attempt, Throwable cause, Duration delay) implements BackwardEvent {}

    /**
     * A node that had to wait has its answers.
     *
     * @param node the node
     */
    record NodeFinished(Node node) implements BackwardEvent {}

    /**
     * A node is through that had nobody to wait for: it only computes, as a sum does.
     *
     * @param node the node
     */
    record NodeComputed(Node node) implements BackwardEvent {}

    /**
     * A node asked nothing: nothing was to be said about any of its outputs, or its turn had not come when another one
     * failed.
     *
     * @param node the node
     */
    record NodeSkipped(Node node) implements BackwardEvent {}

    /**
     * A node failed for good.
     *
     * @param node the node
     * @param cause why
     */
    record NodeFailed(Node node, Throwable cause) implements BackwardEvent {}

    /**
     * The gradients are in place.
     *
     * @param leaves how many leaves received some
     * @param asked how many nodes had to wait for answers
     * @param skipped how many nodes had nothing to ask
     * @param wall how long the pass took
     * @param waited how long the nodes waited for their answers, summed up; divided by {@code wall}, this is what was
     *     gained by asking at the same time
     */
    record Finished(int leaves, int asked, int skipped, Duration wall, Duration waited) implements BackwardEvent {}

    /**
     * The pass failed: the last event before its error.
     *
     * @param cause what the pass fails with
     */
    record PassFailed(Throwable cause) implements BackwardEvent {}

    /** The pass was cancelled, with all that it was waiting for. */
    record PassCancelled() implements BackwardEvent {}
}
