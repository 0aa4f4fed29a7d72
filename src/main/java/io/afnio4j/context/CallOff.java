package io.afnio4j.context;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Says to calls that still wait for their turn that nobody needs them any more. Whoever asks many questions at once puts one into the context of all of them; a
 * call that waits in a queue, or before it is sent again, fails at once with {@link io.afnio4j.error.CalledOffException} instead of being sent. Calls that are on their way go on.
 *
 * <p>Safe to use from any thread.
 */
public final class CallOff {

    /** Not a {@code Sinks.Empty}, which copies all who wait for each who comes or goes. */
    private final Set<MonoSink<Void>> waiting = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean calledOff = new AtomicBoolean();
    private final @Nullable CallOff around;

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
        if (calledOff.compareAndSet(false, true)) { // who hears of it may call off again
            waiting.forEach(MonoSink::success);
        }
    }

    public boolean isCalledOff() {
        return calledOff.get() || (around != null && around.isCalledOff());
    }

    private Mono<Void> when() {
        Mono<Void> own = Mono.create(sink -> {
            var unused = sink.onDispose(() -> waiting.remove(sink));
            waiting.add(sink);
            if (calledOff.get()) {
                sink.success();
            }
        });
        return around == null ? own : Mono.firstWithSignal(own, around.when());
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
