package io.afnio4j.autodiff;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Whether functions are watched. On by default; off where nobody will ask for gradients, which saves the memory of the graph.
 *
 * <p>For straight code there is a block, which holds for its thread:
 *
 * <pre>{@code
 * try (var off = GradMode.noGrad()) {
 *     Variable doubled = x.plus(x); // requires no grad
 * }
 * }</pre>
 *
 * <p>For pipelines there is an operator, which holds for the subscription wherever it runs: {@code GradMode.noGrad(agent.forward(x))}. A
 * {@code Mono} that was made inside a block stays unwatched wherever it is subscribed. Both reach every {@link ReactiveFunction}; a
 * {@link PureFunction} inside {@code map} can see nothing but its thread, so it is unwatched only where its inputs are, or where the
 * operator asks {@link #isEnabled(ContextView)} and opens a block. Variables that a user creates keep their flag.
 */
public final class GradMode {

    private static final ThreadLocal<Boolean> ENABLED = new ThreadLocal<>();

    private GradMode() {}

    /**
     * Whether functions that are applied by this thread now are watched.
     *
     * @return true by default
     */
    public static boolean isEnabled() {
        return !Boolean.FALSE.equals(ENABLED.get());
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
    public static Scope setGradEnabled(boolean enabled) {
        Boolean before = ENABLED.get();
        ENABLED.set(enabled);
        return new Scope(before);
    }

    /**
     * Switches watching off while a function runs.
     *
     * @param function the function
     * @param <T> what it gives
     * @return what it gives
     */
    @SuppressWarnings("try") // the scope is closed, not read
    public static <T> T noGrad(Supplier<T> function) {
        try (Scope off = noGrad()) {
            return function.get();
        }
    }

    /**
     * Switches watching off for a pipeline.
     *
     * @param pipeline what must not be watched
     * @param <T> what it emits
     * @return the same pipeline, unwatched
     */
    public static <T> Mono<T> noGrad(Mono<T> pipeline) {
        return pipeline.contextWrite(GradMode::noGrad);
    }

    /**
     * Switches watching off for a pipeline.
     *
     * @param pipeline what must not be watched
     * @param <T> what it emits
     * @return the same pipeline, unwatched
     */
    public static <T> Flux<T> noGrad(Flux<T> pipeline) {
        return pipeline.contextWrite(GradMode::noGrad);
    }

    static Context noGrad(Context context) {
        return context.put(GradMode.class, false);
    }

    /** The end of a block: closing it brings back what was before. */
    public static final class Scope implements AutoCloseable {

        private final @Nullable Boolean before;

        private Scope(@Nullable Boolean before) {
            this.before = before;
        }

        @Override
        public void close() {
            if (before == null) {
                ENABLED.remove();
            } else {
                ENABLED.set(before);
            }
        }
    }
}
