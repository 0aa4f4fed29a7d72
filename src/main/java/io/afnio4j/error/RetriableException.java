package io.afnio4j.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure that the same request may not meet again: a throttled, lost, late or broken answer. */
public abstract non-sealed class RetriableException extends AfnioException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Duration retryAfter;

    protected RetriableException(String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    /**
     * How long the other side asked to be left alone, counted from the moment of this failure.
     *
     * @return the wait, or null where the other side said nothing
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
