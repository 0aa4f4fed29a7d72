package io.afnio4j.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What a provider says, with an answer or a refusal, about how much it still allows for this key. Clients tell it to
 * the {@link Listener} in the context of the call.
 *
 * @param requests the limit on calls, null where nothing is said about it
 * @param tokens the limit on tokens, null where nothing is said about it
 */
public record RateLimits(
        @Nullable Window requests, @Nullable Window tokens) {

    /**
     * One limit. What the provider leaves out, or says in a way that can't be meant, is null.
     *
     * @param limit the most within a window
     * @param remaining what is left of it
     * @param reset how long until all of it is back
     */
    public record Window(
            @Nullable Long limit,
            @Nullable Long remaining,
            @Nullable Duration reset) {}

    /** Hears what providers say about their limits. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Called on the thread of the network, as soon as the headers of an answer are there; must be quick.
         *
         * @param limits what the provider says
         */
        void onRateLimits(RateLimits limits);
    }

    /**
     * Puts a listener into the context of calls.
     *
     * @param context the context to extend
     * @param listener who wants to hear
     * @return the extended context
     */
    public static Context listen(Context context, Listener listener) {
        return context.put(Listener.class, listener);
    }

    /**
     * Who wants to hear about the limits of the current call.
     *
     * @param context the subscription's context
     * @return the listener, null where nobody wants to
     */
    public static @Nullable Listener listener(ContextView context) {
        return context.getOrDefault(Listener.class, null);
    }
}
