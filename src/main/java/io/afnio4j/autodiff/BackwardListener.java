package io.afnio4j.autodiff;

/** Watches a backward pass. It is called while the pass runs and by the threads that run it, so it must not block. */
@FunctionalInterface
public interface BackwardListener {

    /**
     * Takes one event; events come in order of arrival, which differs from run to run.
     *
     * @param event what happened
     */
    void on(BackwardEvent event);
}
