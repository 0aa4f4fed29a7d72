package io.afnio4j.autodiff;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Watches a backward pass. It is called while the pass runs and by the threads that bring its answers, so it must not
 * block, and two calls may overlap. {@link Engine#backwardEvents} gives the same events one after the other. Of each
 * pass that has begun, the last event is {@link BackwardEvent.Finished}, {@link BackwardEvent.PassFailed} or
 * {@link BackwardEvent.PassCancelled}.
 */
@FunctionalInterface
public interface BackwardListener {

    /** Looks away. */
    BackwardListener NOBODY = event -> {};

    /**
     * Takes one event; events come in order of arrival, which differs from run to run.
     *
     * @param event what happened
     */
    void on(BackwardEvent event);

    /**
     * A pass begins. Who keeps something for each pass gives a watcher of its own for it; so one listener in the
     * options can serve many passes at once.
     *
     * @param pass the pass; its first event is about to come
     * @return who is told of this pass; the listener itself, unless overridden
     */
    default BackwardListener begin(PassView pass) {
        return this;
    }

    /**
     * Whether it wants to hear of feedback: {@link BackwardEvent.Queued}, {@link BackwardEvent.Admitted},
     * {@link BackwardEvent.FeedbackToken}, {@link BackwardEvent.FeedbackReceived}, {@link BackwardEvent.Retried}. Where
     * nobody does, none of these are told, and answers come in one piece instead of being streamed.
     *
     * @return true, unless overridden
     */
    default boolean watchesFeedback() {
        return true;
    }

    /**
     * Whether it wants to hear of the words of feedback one by one: {@link BackwardEvent.FeedbackToken}. Where nobody
     * does, answers come in one piece instead of being streamed.
     *
     * @return what {@link #watchesFeedback} says, unless overridden
     */
    default boolean watchesWords() {
        return watchesFeedback();
    }

    /**
     * Tells somebody else as well.
     *
     * @param other is told after this one
     * @return a listener that tells both
     */
    default BackwardListener and(BackwardListener other) {
        return this == NOBODY ? other : other == NOBODY ? this : new BothListeners(this, other);
    }

    /**
     * Adds something to the context in which a node asks, such as a span that its calls are to be children of.
     *
     * @param node a node that is about to start
     * @param context the context of its calls
     * @return the same context, unless overridden
     */
    default Context contextFor(Node node, Context context) {
        return context;
    }

    /**
     * Who watches the feedback of the pass that a function's backward runs in.
     *
     * @param subscription the context of the subscription
     * @return the listener, null where {@link #tell} would tell nobody
     */
    static @Nullable BackwardListener of(ContextView subscription) {
        return subscription.getOrDefault(BackwardListener.class, null);
    }

    /**
     * Tells whoever watches the pass what a function's backward knows more of: what its feedback cost, its words one by
     * one, that a call is repeated.
     *
     * @param subscription the context of the subscription
     * @param event what happened
     */
    static void tell(ContextView subscription, BackwardEvent event) {
        BackwardListener listener = of(subscription);
        if (listener != null) {
            listener.on(event);
        }
    }
}
