package io.afnio4j.error;

import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** What becomes of a listener's own failure: it is dropped, as Reactor drops errors that nobody waits for, and what the listener was told of goes on. */
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
     * @param failure what was thrown; an error of the JVM is thrown again
     */
    public static void drop(Context context, Throwable failure) {
        Exceptions.throwIfJvmFatal(failure);
        Operators.onErrorDropped(failure, context);
    }
}
