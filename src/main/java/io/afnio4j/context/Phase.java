package io.afnio4j.context;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** What a call to a model is made for. It travels in the subscription's context; usage and cost are counted by it. */
public enum Phase {
    /** The agent's own work. */
    FORWARD,
    /** Feedback during a backward pass. */
    BACKWARD,
    /** New values for parameters. */
    OPTIMIZER,
    /** An evaluation by a model. */
    JUDGE;

    /**
     * Reads the phase of the current subscription.
     *
     * @param context the subscription's context
     * @return the phase, {@link #FORWARD} where none was set
     */
    public static Phase of(ContextView context) {
        Phase phase = context.getOrDefault(Phase.class, null);
        return phase == null ? FORWARD : phase;
    }

    /**
     * Marks the calls of a pipeline as made for this phase, unless a part of it says otherwise itself.
     *
     * @param pipeline what makes the calls
     * @param <T> what it emits
     * @return the marked pipeline
     */
    public <T> Mono<T> of(Mono<T> pipeline) {
        return pipeline.contextWrite(context -> context.put(Phase.class, this));
    }

    /**
     * Marks the calls of a pipeline as made for this phase, unless a part of it says otherwise itself.
     *
     * @param pipeline what makes the calls
     * @param <T> what it emits
     * @return the marked pipeline
     */
    public <T> Flux<T> of(Flux<T> pipeline) {
        return pipeline.contextWrite(context -> context.put(Phase.class, this));
    }
}
