package io.afnio4j.train;

import io.afnio4j.autodiff.Variable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;

/**
 * What is being trained at the moment. Two trainings of one prompt would clear each other's feedback, rewrite from a
 * mixture of both, and take back what the other one has written. Most often somebody wanted to watch one training
 * twice.
 */
final class InTraining {

    private static final Set<Variable> PARAMETERS = ConcurrentHashMap.newKeySet(); // equal only to themselves

    private InTraining() {}

    /** The same training, which fails before it begins where another one of the same parameters is under way. */
    static <T> Flux<T> alone(List<Variable> parameters, Flux<T> training) {
        return Flux.using(
                () -> entered(parameters), entered -> training, entered -> entered.forEach(PARAMETERS::remove));
    }

    private static synchronized List<Variable> entered(List<Variable> parameters) {
        for (Variable parameter : parameters) {
            if (PARAMETERS.contains(parameter)) {
                throw new IllegalStateException("The " + parameter.role()
                        + " is being trained already, and each subscription trains anew. Wait until that training has"
                        + " ended; whoever wants to watch one training twice shares it: publish().refCount(2).");
            }
        }
        PARAMETERS.addAll(parameters);
        return parameters;
    }
}
