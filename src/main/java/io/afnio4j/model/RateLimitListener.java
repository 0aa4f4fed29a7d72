package io.afnio4j.model;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Hears what the provider says about its limits. It travels in the subscription's context: the queue before a client puts it there, the client tells it as soon
 * as the answer's headers are there, also those of a refusal.
 */
@FunctionalInterface
public interface RateLimitListener {

    /**
     * The provider has spoken.
     *
     * @param report what it said
     */
    void onReport(RateLimitReport report);

    /**
     * Adds this listener to a context.
     *
     * @param context the context to extend
     * @return the extended context
     */
    default Context in(Context context) {
        return context.put(RateLimitListener.class, this);
    }

    /**
     * The listener of the current subscription.
     *
     * @param context the subscription's context
     * @return the listener, null where nobody listens
     */
    static @Nullable RateLimitListener of(ContextView context) {
        return context.getOrDefault(RateLimitListener.class, null);
    }
}
