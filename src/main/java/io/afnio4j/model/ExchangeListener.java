package io.afnio4j.model;

import io.afnio4j.error.RetriableException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Hears of each exchange with a provider that a call leads to: one for each attempt. It travels in the subscription's
 * context, so that it hears of the attempts of its own call only. It is called on the thread of the exchange and must
 * not block.
 */
public interface ExchangeListener {

    /**
     * An exchange is about to be sent.
     *
     * @throws io.afnio4j.error.AfnioException to keep it from being sent
     */
    default void onStart() {}

    /** Another listener kept the exchange that has just been announced from being sent: it has no end. */
    default void onRefusal() {}

    /**
     * The exchange ended. Called once for each start, unless that was followed by a {@linkplain #onRefusal() refusal}.
     *
     * @param exchange what it came to
     */
    default void onEnd(Exchange exchange) {}

    /**
     * The call failed in a way that may pass, and is going to be sent again.
     *
     * @param attempt which attempt failed, from 1; 0 where nothing was sent yet
     * @param delay how long until the next one queues
     * @param failure why it failed
     */
    default void onRetry(long attempt, Duration delay, RetriableException failure) {}

    /**
     * Adds this listener to a context. One that is there already hears everything as well, after this one, and not of
     * exchanges that this one kept from being sent.
     *
     * @param context the context to extend
     * @return the extended context
     */
    default Context in(Context context) {
        ExchangeListener outer = of(context);
        return context.put(ExchangeListener.class, outer == null ? this : new BothExchangeListeners(this, outer));
    }

    /**
     * The listener of the current subscription.
     *
     * @param context the subscription's context
     * @return the listener, null where there is none
     */
    static @Nullable ExchangeListener of(ContextView context) {
        return context.getOrDefault(ExchangeListener.class, null);
    }
}
