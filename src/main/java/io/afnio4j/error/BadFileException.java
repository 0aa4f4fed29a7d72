package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** A file could not be read or written: it is missing, malformed, of an unknown version, or it exceeds a limit. */
public final class BadFileException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public BadFileException(String message) {
        this(message, null);
    }

    public BadFileException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
