package io.afnio4j.context;

import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * How urgent a call to a model is. The backward engine sets it to the number of model calls on the longest path that
 * still hangs on the answer, so that a client that has to queue lets the critical path go first. Calls of equal
 * priority keep the order in which they asked, and those of one pass take their turns in {@link GraphOrder}.
 */
public final class Priority {

    /** The priority of a call that says nothing. */
    public static final int NORMAL = 0;

    private static final Object KEY = Priority.class;

    private Priority() {}

    /**
     * Reads the priority of the current subscription.
     *
     * @param context the subscription's context
     * @return the priority, {@link #NORMAL} where none was set; higher goes first
     */
    public static int of(ContextView context) {
        Integer priority = context.getOrDefault(KEY, null);
        return priority == null ? NORMAL : priority;
    }

    /**
     * Adds a priority to a context.
     *
     * @param context the context to extend
     * @param priority higher goes first
     * @return the extended context
     */
    public static Context put(Context context, int priority) {
        return context.put(KEY, priority);
    }
}
