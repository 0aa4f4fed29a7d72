package io.afnio4j.autodiff;

/**
 * What a backward pass does when a node has failed for good. Answers that have come are kept whatever the policy, so
 * that the pass, run again on the same graph, asks only for what is missing; and the pass always ends with a
 * {@link BackwardException}.
 */
public enum FailurePolicy {
    /**
     * Starts no further call; lets those that are on their way finish, since they are paid for. No gradient changes.
     * The default.
     */
    FINISH_STARTED,
    /** Cancels the calls that are on their way and ends at once. No gradient changes. */
    CANCEL_STARTED,
    /**
     * Runs all that doesn't depend on the failed node, so that as much as can be known is known. No gradient changes.
     */
    RUN_ALL,
    /**
     * Runs the whole pass as if the failed node had nothing to say, and puts all gradients that came into place. Where
     * a node asks many questions, such as one per sample of a batch, and only some of them fail, what the others
     * brought goes on; the node counts as failed all the same. The graph is kept, so the pass can be run again: clear
     * the gradients first, or leaves have them twice.
     */
    COMMIT_PARTLY;

    /** Whether nothing more is started once a node has failed. */
    boolean startsNoMore() {
        return this == FINISH_STARTED || this == CANCEL_STARTED;
    }
}
