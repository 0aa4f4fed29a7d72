package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** The model stopped before its answer was whole: at the token limit, or at a content filter. */
public final class IncompleteAnswerException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public IncompleteAnswerException(String message) {
        this(message, null);
    }

    public IncompleteAnswerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
