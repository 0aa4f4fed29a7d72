package io.afnio4j.autodiff;

import reactor.util.context.Context;

/**
 * Watches a backward pass. It is called while the pass runs and by the threads that bring its answers, so it must not block, and two calls may
 * overlap. {@link Engine#backwardEvents} gives the same events one after the other.
 */
@FunctionalInterface
public interface BackwardListener {

    /** Looks away. */
    BackwardListener NOBODY = event -> {};

    /**
     * Takes one event; events come in order of arrival, which differs from run to run.
     *
     * @param event what happened
     */
    void on(BackwardEvent event);

    /**
     * Adds something to the context in which a node asks, such as a span that its calls are to be children of.
     *
     * @param node a node that is about to start
     * @param context the context of its calls
     * @return the same context, unless overridden
     */
    default Context contextFor(Node node, Context context) {
        return context;
    }
}
