package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** The answer is whole, but it is not what was asked for: another format, another kind, a missing part. */
public final class UnexpectedAnswerException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public UnexpectedAnswerException(String message) {
        this(message, null);
    }

    public UnexpectedAnswerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
