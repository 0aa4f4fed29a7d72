package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** A failure that the same request will meet again, however often it is sent. */
public abstract non-sealed class PermanentException extends AfnioException {

    private static final long serialVersionUID = 1L;

    protected PermanentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
