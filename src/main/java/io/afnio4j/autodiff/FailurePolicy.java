package io.afnio4j.autodiff;

/**
 * What a backward pass does when a node has failed for good. Answers that have come are kept whatever the policy, so that the pass, run again on the same graph, asks
 * only for what is missing; and the pass always ends with a {@link BackwardException}.
 */
public enum FailurePolicy {
    /** Starts no further call; lets those that are on their way finish, since they are paid for. No gradient changes. The default. */
    FINISH_STARTED,
    /** Cancels the calls that are on their way and ends at once. No gradient changes. */
    CANCEL_STARTED,
    /** Runs all that doesn't depend on the failed node, so that as much as can be known is known. No gradient changes. */
    RUN_ALL,
    /**
     * Runs all that doesn't depend on the failed node, and as if the failed node had nothing to say where something does; gradients that came are put into place. Of a node that
     * asks many questions, such as one per sample of a batch, those that failed count as if there were nothing to say to them, and what the others brought goes on; it is a failed node
     * all the same. The graph is kept. Who runs the pass again clears the gradients before, or has them twice.
     */
    COMMIT_PARTLY;

    /** Whether nothing more is started once a node has failed. */
    boolean startsNoMore() {
        return this == FINISH_STARTED || this == CANCEL_STARTED;
    }
}
