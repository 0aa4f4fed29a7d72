package io.afnio4j.error;

import java.util.Objects;
import java.util.function.Supplier;
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
        } catch (Throwable failure) { // an error of the JVM as well: what is listened to may hold others up
            Operators.onErrorDropped(failure, context);
        }
    }

    /**
     * Asks a listener something, or another on its behalf.
     *
     * @param context where Reactor looks for a hook that takes dropped errors
     * @param otherwise what counts where nothing is given
     * @param asking calls who is asked
     * @param <T> what is given
     * @return what is given, never null
     */
    public static <T> T given(Context context, T otherwise, Supplier<? extends T> asking) {
        try {
            return Objects.requireNonNull(asking.get(), "A listener gave null.");
        } catch (Throwable failure) {
            Operators.onErrorDropped(failure, context);
            return otherwise;
        }
    }
}
