package io.afnio4j.cognitive;

import io.afnio4j.autodiff.Variable;
import reactor.core.publisher.Mono;

/**
 * A step that makes one variable of one variable, and so fits into a {@link Sequential}: a module, or a function such
 * as {@code x -> Mono.just(x.upper())}.
 */
@FunctionalInterface
public interface Layer {

    /**
     * Runs the step.
     *
     * @param input what goes in
     * @return what comes out
     */
    Mono<Variable> forward(Variable input);
}
