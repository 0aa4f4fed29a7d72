package io.afnio4j.context;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Says to calls that still wait for their turn that nobody needs them any more. Whoever asks many questions at once
 * puts one into the context of all of them; a call that waits in a queue, or before it is sent again, fails at once
 * with {@link io.afnio4j.error.CalledOffException} instead of being sent. Calls that are on their way go on.
 *
 * <p>Safe to use from any thread.
 */
public final class CallOff {

    /** Guarded by itself. Not a {@code Sinks.Empty}, which copies all who wait for each who comes or goes. */
    private final Set<MonoSink<Void>> waiting = new LinkedHashSet<>();

    private volatile boolean calledOff; // written under the lock of those who wait
    private final @Nullable CallOff around;

    public CallOff() {
        this(null);
    }

    private CallOff(@Nullable CallOff around) {
        this.around = around;
    }

    /**
     * Makes one for a part of what a subscription does: calling off the part leaves the rest alone, and calling off the
     * whole calls off the part.
     *
     * @param context the subscription's context
     * @return not called off, unless the whole is
     */
    public static CallOff within(ContextView context) {
        return new CallOff(context.getOrDefault(CallOff.class, null));
    }

    /** Calls off all that wait. */
    public void callOff() {
        List<MonoSink<Void>> all;
        synchronized (waiting) {
            calledOff = true;
            all = List.copyOf(waiting);
            waiting.clear(); // who hears of it may call off again
        }
        all.forEach(MonoSink::success);
    }

    public boolean isCalledOff() {
        return calledOff || (around != null && around.isCalledOff());
    }

    private Mono<Void> when() {
        Mono<Void> own = Mono.create(sink -> {
            if (joins(sink)) {
                var unused = sink.onDispose(() -> leave(sink));
            } else {
                sink.success();
            }
        });
        return around == null ? own : Mono.firstWithSignal(own, around.when());
    }

    private boolean joins(MonoSink<Void> sink) {
        synchronized (waiting) {
            return !calledOff && waiting.add(sink);
        }
    }

    private void leave(MonoSink<Void> sink) {
        synchronized (waiting) {
            waiting.remove(sink);
        }
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
