package io.afnio4j.autodiff;

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
}
