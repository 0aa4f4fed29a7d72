package io.afnio4j.optim;

import io.afnio4j.autodiff.Variable;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Rewrites parameters from their gradients. One step runs at a time; the parameters may be read meanwhile. */
public interface Optimizer {

    /**
     * What is optimised.
     *
     * @return the parameters, in a fixed order
     */
    List<Variable> parameters();

    /**
     * Rewrites every parameter that has gradients, all of them together: should one fail, none is changed. The gradients stay; see
     * {@link #clearGrad()}.
     *
     * @return what was rewritten, in the order of the parameters
     */
    Mono<List<Update>> step();

    /** Empties the gradients of all parameters. */
    default void clearGrad() {
        parameters().forEach(Variable::clearGrad);
    }

    /**
     * What the optimizer remembers between steps, for a checkpoint.
     *
     * @return maps, lists, texts and numbers
     */
    Map<String, Object> state();

    /**
     * Takes up what another optimizer of the same kind and parameters remembered.
     *
     * @param state what {@link #state()} gave
     * @throws IllegalArgumentException where it doesn't fit
     */
    void restore(Map<String, Object> state);
}
