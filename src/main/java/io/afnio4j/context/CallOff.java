package io.afnio4j.context;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Says to calls that still wait for their turn that nobody needs them any more. Whoever asks many questions at once puts one into the context of all of them; a
 * queue looks at it when a call's turn has come, and lets the call fail with {@link io.afnio4j.error.CalledOffException} instead of sending it; whoever waits before asking again
 * waits no longer. Calls that are on their way go on.
 *
 * <p>Safe to use from any thread.
 */
public final class CallOff {

    private final Sinks.Empty<Void> end = Sinks.empty();
    private final @Nullable CallOff around;
    private volatile boolean calledOff;

    public CallOff() {
        this(null);
    }

    private CallOff(@Nullable CallOff around) {
        this.around = around;
    }

    /**
     * Makes one for a part of what a subscription does: calling off the part leaves the rest alone, and calling off the whole calls off the part.
     *
     * @param context the subscription's context
     * @return not called off, unless the whole is
     */
    public static CallOff within(ContextView context) {
        return new CallOff(context.getOrDefault(CallOff.class, null));
    }

    /** Calls off all that wait. */
    public void callOff() {
        calledOff = true;
        var unused = end.tryEmitEmpty(); // the first time
    }

    public boolean isCalledOff() {
        return calledOff || (around != null && around.isCalledOff());
    }

    private Mono<Void> when() {
        return around == null ? end.asMono() : Mono.firstWithSignal(end.asMono(), around.when());
    }

    /**
     * Puts this into a context.
     *
     * @param context the context to extend
     * @return the extended context
     */
    public Context in(Context context) {
        return context.put(CallOff.class, this);
    }

    /**
     * Whether the call of the current subscription was called off.
     *
     * @param context the subscription's context
     * @return false where nobody can call it off
     */
    public static boolean isCalledOff(ContextView context) {
        @Nullable CallOff own = context.getOrDefault(CallOff.class, null);
        return own != null && own.isCalledOff();
    }

    /**
     * When the call of the current subscription is called off.
     *
     * @param context the subscription's context
     * @return completes then, or has done so; never where nobody can call it off
     */
    public static Mono<Void> when(ContextView context) {
        @Nullable CallOff own = context.getOrDefault(CallOff.class, null);
        return own == null ? Mono.never() : own.when();
    }
}
