package io.afnio4j.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The provider refused the call because too many were sent (429), or because it is overloaded and says when to come
 * back.
 */
public final class ThrottledException extends RetriableException {

    private static final long serialVersionUID = 1L;

    public ThrottledException(String message, @Nullable Duration retryAfter) {
        this(message, retryAfter, null);
    }

    public ThrottledException(String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, retryAfter, cause);
    }
}
