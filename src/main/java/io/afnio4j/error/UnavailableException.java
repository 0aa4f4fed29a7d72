package io.afnio4j.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The endpoint could not be reached, cut the connection, took too long or failed by itself (408, 409, 5xx). */
public final class UnavailableException extends RetriableException {

    private static final long serialVersionUID = 1L;

    public UnavailableException(String message, @Nullable Duration retryAfter) {
        this(message, retryAfter, null);
    }

    public UnavailableException(String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, retryAfter, cause);
    }
}
