package io.afnio4j.observe;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Observations in Reactor's {@code Context}, under the key that Micrometer's context propagation uses as well: so a web
 * framework's observation of a request is the parent of what the request leads to, whichever thread that runs on.
 */
final class Parents {

    // A constant of the compiler: the class, which needs another jar, isn't loaded.
    private static final String KEY = ObservationThreadLocalAccessor.KEY;

    private Parents() {}

    /**
     * Makes an observation the child of what the context holds; without that, it is the child of what is current on
     * this thread.
     */
    static Observation under(ContextView context, Observation child) {
        @Nullable Observation parent = context.getOrDefault(KEY, null);
        return parent == null ? child : child.parentObservation(parent);
    }

    static Context put(Context context, Observation observation) {
        return context.put(KEY, observation);
    }
}
