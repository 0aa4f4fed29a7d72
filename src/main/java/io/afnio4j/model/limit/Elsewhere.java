package io.afnio4j.model.limit;

import io.afnio4j.error.AfnioException;
import java.util.function.Predicate;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Says of a call that another model can take it over, so that it needn't wait for an endpoint that is known to be dead.
 * It travels in the subscription's context.
 *
 * @param when which failures send it there
 */
record Elsewhere(Predicate<? super AfnioException> when) {

    Context in(Context context) {
        return context.put(Elsewhere.class, this);
    }

    static boolean isIn(ContextView context) {
        return context.hasKey(Elsewhere.class);
    }

    static boolean takes(AfnioException failure, ContextView context) {
        Elsewhere elsewhere = context.getOrDefault(Elsewhere.class, null);
        return elsewhere != null && elsewhere.when.test(failure);
    }
}
