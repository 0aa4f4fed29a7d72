package io.afnio4j.error;

import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * What becomes of a listener's own failure: it is dropped, as Reactor drops errors that nobody waits for, and what the
 * listener was told of goes on.
 */
public final class BrokenListener {

    private BrokenListener() {}

    /**
     * Tells a listener something.
     *
     * @param context where Reactor looks for a hook that takes dropped errors
     * @param telling calls the listener
     */
    public static void survive(Context context, Runnable telling) {
        try {
            telling.run();
        } catch (Throwable failure) {
            drop(context, failure);
        }
    }

    /**
     * Drops what a listener has thrown.
     *
     * @param context where Reactor looks for a hook that takes dropped errors
     * @param failure what was thrown, be it an error of the JVM: what is listened to may hold others up
     */
    public static void drop(Context context, Throwable failure) {
        Operators.onErrorDropped(failure, context);
    }
}
