package io.afnio4j.context;

import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Which of several samples of the same question a call wants. A cache answers the same question with the same answer;
 * who asks it several times on purpose, to see different answers, numbers the times, and each number has an answer of
 * its own.
 */
public final class Sample {

    /** The number of a call that says nothing. */
    public static final int FIRST = 0;

    private static final Object KEY = Sample.class;

    private Sample() {}

    /**
     * Reads the number of the current subscription.
     *
     * @param context the subscription's context
     * @return the number, {@link #FIRST} where none was set
     */
    public static int of(ContextView context) {
        Integer number = context.getOrDefault(KEY, null);
        return number == null ? FIRST : number;
    }

    /**
     * Adds a number to a context.
     *
     * @param context the context to extend
     * @param number which sample, from 0
     * @return the extended context
     */
    public static Context put(Context context, int number) {
        return context.put(KEY, number);
    }
}
