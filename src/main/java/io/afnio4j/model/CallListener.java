package io.afnio4j.model;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Watches the calls of a pipeline, from its Reactor {@code Context}:
 * {@code agent.forward(batch).contextWrite(listener::in)}. Where somebody listens, answers are streamed, so that their
 * words come as they are said. It is called by the threads that bring the answers, so it must not block, and two calls
 * may overlap.
 */
@FunctionalInterface
public interface CallListener {

    /**
     * Takes one event; events come in order of arrival, which differs from run to run.
     *
     * @param event what happened
     */
    void on(CallEvent event);

    /**
     * Whether it wants to hear of words: {@link CallEvent.Token}. Where nobody does, answers come in one piece instead
     * of being streamed.
     *
     * @return true, unless overridden
     */
    default boolean watchesWords() {
        return true;
    }

    /**
     * Adds this listener to a context. One that is there already is told as well, after this one, also where this one
     * throws.
     *
     * @param context the context to extend
     * @return the extended context
     */
    default Context in(Context context) {
        CallListener outer = of(context);
        return context.put(CallListener.class, outer == null ? this : new BothCallListeners(this, outer));
    }

    /**
     * The listener of the current subscription.
     *
     * @param context the subscription's context
     * @return the listener, null where there is none
     */
    static @Nullable CallListener of(ContextView context) {
        return context.getOrDefault(CallListener.class, null);
    }
}
