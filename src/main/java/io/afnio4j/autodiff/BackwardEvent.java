package io.afnio4j.autodiff;

/** Something that happened during a backward pass. */
public sealed interface BackwardEvent {

    /**
     * The graph was searched and nothing has started yet.
     *
     * @param nodes how many nodes the pass will visit
     * @param modelCallsInChain how many calls to a model the longest chain makes one after the other
     */
    record Planned(int nodes, int modelCallsInChain) implements BackwardEvent {}

    /**
     * A node that has to wait for an answer has asked.
     *
     * @param node the node
     */
    record NodeStarted(Node node) implements BackwardEvent {}

    /**
     * A piece of feedback has come.
     *
     * @param role the role of the variable that it is for
     * @param sample its place in the batch
     * @param gradient the feedback
     */
    record FeedbackReceived(String role, int sample, Variable gradient) implements BackwardEvent {}

    /**
     * A node that had to wait has its answers.
     *
     * @param node the node
     */
    record NodeFinished(Node node) implements BackwardEvent {}

    /**
     * A node failed for good.
     *
     * @param node the node
     * @param cause why
     */
    record NodeFailed(Node node, Throwable cause) implements BackwardEvent {}

    /**
     * All gradients are in place.
     *
     * @param leaves how many leaves received some
     */
    record Finished(int leaves) implements BackwardEvent {}
}
