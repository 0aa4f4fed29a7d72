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

    /**
     * Whether the request may have been carried out, and charged for, although its answer never came or can't be read.
     * An attempt after such a failure may be the second one that the provider answers.
     *
     * @return false where the other side refused, failed, or was never reached
     */
    public boolean answerLost() {
        return false;
    }
}
