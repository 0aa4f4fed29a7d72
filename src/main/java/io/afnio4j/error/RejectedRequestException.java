package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** The provider understood the request and refuses it (4xx), or it could not be sent at all as it stands. */
public final class RejectedRequestException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public RejectedRequestException(String message) {
        this(message, null);
    }

    public RejectedRequestException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
