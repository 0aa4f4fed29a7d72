package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** The endpoint does not know the model that was asked for. */
public final class UnknownModelException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public UnknownModelException(String message) {
        this(message, null);
    }

    public UnknownModelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
