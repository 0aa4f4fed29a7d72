package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * How a function's backward tells the pass that only some of its {@link Parts} failed. It never leaves the pass, so it
 * needs no trace.
 */
final class LostParts extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Throwable failure;
    private final transient List<BackwardException.Part> parts;
    private final transient @Nullable List<@Nullable Variable> gradients;

    /** @param gradients what the other parts brought, null where it is of no use */
    LostParts(Throwable failure, List<BackwardException.Part> parts, @Nullable List<@Nullable Variable> gradients) {
        super(null, failure, false, false);
        this.failure = failure;
        this.parts = parts;
        this.gradients = gradients;
    }

    /** Why a node failed, without what Reactor puts around what it can't throw as it is. */
    static Throwable causeOf(Throwable failure) {
        return failure instanceof LostParts lost ? lost.failure : Exceptions.unwrap(failure);
    }

    /** Which of a node's parts failed; empty where it failed as a whole. */
    static List<BackwardException.Part> partsOf(Throwable failure) {
        return failure instanceof LostParts lost ? lost.parts : List.of();
    }

    /** What a node gives although it failed; null for nothing. */
    static @Nullable List<@Nullable Variable> gradientsOf(Throwable failure) {
        return failure instanceof LostParts lost ? lost.gradients : null;
    }
}
