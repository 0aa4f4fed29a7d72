package io.afnio4j.autodiff;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Whether functions are watched. On by default; off where nobody will ask for gradients, which saves the memory of the
 * graph. Variables that a user creates keep their flag in any mode.
 *
 * <p>For straight code there is a block, which holds for its thread:
 *
 * <pre>{@code
 * try (var off = GradMode.noGrad()) {
 *     Variable doubled = x.plus(x); // requires no grad
 * }
 * }</pre>
 *
 * <p>For a function there is a wrapper, which holds wherever the function runs: {@code answers.map(GradMode.noGrad(y ->
 * y.plus(x)))}.
 *
 * <p>For pipelines there is an operator, which holds for the subscription: {@code GradMode.noGrad(agent.forward(x))}.
 * It reaches every {@link ReactiveFunction} on every thread, through the {@code Context}. A {@link PureFunction} inside
 * an operator such as {@code map} can see nothing but its thread: it is unwatched where the pipeline runs on the thread
 * that subscribes or requests, inside a wrapped function, and on any thread after
 * {@code Hooks.enableAutomaticContextPropagation()}. Whatever happened inside, a variable that such a pipeline made and
 * emits is not watched.
 *
 * <p>A {@link ReactiveFunction} that was applied inside a block stays unwatched wherever its {@code Mono} is
 * subscribed. A lambda that was handed to an operator inside a block, and runs later, is not in the block: wrap it, or
 * put the operator around the pipeline.
 */
public final class GradMode {

    /**
     * Null where none was set. It is set back to null and not removed: passes do so for every few answers, and an entry
     * without a value holds nothing.
     */
    private static final ThreadLocal<@Nullable Mode> MODE = new ThreadLocal<>();

    private static final Mode ON = new Mode(true, null, null);
    private static final Mode OFF = new Mode(false, null, null);

    private GradMode() {}

    /**
     * Whether functions that are applied by this thread now are watched.
     *
     * @return true by default
     */
    public static boolean isEnabled() {
        Mode mode = MODE.get();
        return mode == null || mode.enabled;
    }

    /**
     * Whether a subscription allows functions to be watched.
     *
     * @param subscription the subscription's context
     * @return true by default
     */
    public static boolean isEnabled(ContextView subscription) {
        Boolean enabled = subscription.getOrDefault(GradMode.class, null);
        return enabled == null || enabled;
    }

    /**
     * Switches watching off for this thread until the block ends.
     *
     * @return closes to what was before
     */
    public static Scope noGrad() {
        return setGradEnabled(false);
    }

    /**
     * Switches watching on or off for this thread until the block ends; without a block, until it is set again.
     *
     * @param enabled true to watch
     * @return closes to what was before
     */
    @CanIgnoreReturnValue
    public static Scope setGradEnabled(boolean enabled) {
        Mode before = MODE.get();
        MODE.set(enabled ? ON : OFF);
        return new Scope(before);
    }

    /**
     * Switches watching off while a function runs.
     *
     * @param function the function; where it gives a {@code Mono} or {@code Flux}, that is unwatched as well
     * @param <T> what it gives
     * @return what it gives
     */
    @SuppressWarnings("try") // the scope is closed, not read
    public static <T> T noGrad(Supplier<T> function) {
        try (Scope off = noGrad()) {
            return unwatched(function.get());
        }
    }

    /**
     * Wraps a function so that it runs unwatched, whoever calls it and on whatever thread.
     *
     * @param function the function; where it gives a {@code Mono} or {@code Flux}, that is unwatched as well
     * @param <A> what it takes
     * @param <T> what it gives
     * @return the wrapped function
     */
    public static <A, T> java.util.function.Function<A, T> noGrad(java.util.function.Function<A, T> function) {
        return a -> noGrad(() -> function.apply(a));
    }

    /**
     * Wraps a function of two so that it runs unwatched, whoever calls it and on whatever thread.
     *
     * @param function the function; where it gives a {@code Mono} or {@code Flux}, that is unwatched as well
     * @param <A> what it takes first
     * @param <B> what it takes second
     * @param <T> what it gives
     * @return the wrapped function
     */
    public static <A, B, T> BiFunction<A, B, T> noGrad(BiFunction<A, B, T> function) {
        return (a, b) -> noGrad(() -> function.apply(a, b));
    }

    /**
     * Switches watching off for a pipeline.
     *
     * @param pipeline what must not be watched
     * @param <T> what it emits
     * @return the same pipeline, unwatched; a watched variable that it made on a thread of its own is emitted as a
     *     {@linkplain Variable#detach() detached} copy
     */
    public static <T> Mono<T> noGrad(Mono<T> pipeline) {
        return NoGradBorder.around(pipeline);
    }

    /**
     * Switches watching off for a pipeline.
     *
     * @param pipeline what must not be watched
     * @param <T> what it emits
     * @return the same pipeline, unwatched; a watched variable that it made on a thread of its own is emitted as a
     *     {@linkplain Variable#detach() detached} copy
     */
    public static <T> Flux<T> noGrad(Flux<T> pipeline) {
        return NoGradBorder.around(pipeline);
    }

    static Context in(Context context, boolean enabled) {
        return context.put(GradMode.class, enabled);
    }

    /** Makes a call that goes into an unwatched pipeline. */
    static void inside(NoGradBorder<?> border, Runnable call) {
        Mode before = MODE.get();
        MODE.set(new Mode(false, border, before));
        try {
            call.run();
        } finally {
            MODE.set(before);
        }
    }

    /**
     * Lets a signal out of an unwatched pipeline: where this thread had gone into it, the mode is again what it was
     * before.
     */
    static void outside(NoGradBorder<?> border, Runnable signal) {
        Mode now = MODE.get();
        if (now == null || now.border != border) {
            signal.run();
            return;
        }
        MODE.set(now.before);
        try {
            signal.run();
        } finally {
            MODE.set(now);
        }
    }

    /** The mode that was set on this thread, null where none was. */
    static @Nullable Boolean ofThread() {
        Mode mode = MODE.get();
        return mode == null ? null : (Boolean) mode.enabled;
    }

    static void ofThread(@Nullable Boolean enabled) {
        MODE.set(enabled == null ? null : enabled ? ON : OFF);
    }

    @SuppressWarnings("unchecked") // an unwatched Mono is a Mono, an unwatched Flux is a Flux
    private static <T> T unwatched(T result) {
        if (result instanceof Mono<?> mono) {
            return (T) noGrad(mono);
        }
        return result instanceof Flux<?> flux ? (T) noGrad(flux) : result;
    }

    /** The end of a block: closing it brings back what was before. */
    public static final class Scope implements AutoCloseable {

        private final @Nullable Mode before;

        private Scope(@Nullable Mode before) {
            this.before = before;
        }

        @Override
        public void close() {
            MODE.set(before);
        }
    }

    /**
     * The mode of a thread.
     *
     * @param enabled whether functions are watched
     * @param border the pipeline whose border the thread crossed to get into this mode, null for a block
     * @param before the mode outside of that border
     */
    private record Mode(
            boolean enabled,
            @Nullable NoGradBorder<?> border,
            @Nullable Mode before) {}
}
