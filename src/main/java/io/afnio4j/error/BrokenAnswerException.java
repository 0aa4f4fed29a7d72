package io.afnio4j.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An answer came but could not be read: a truncated body, bad JSON, no choices. The next one may be whole. */
public final class BrokenAnswerException extends RetriableException {

    private static final long serialVersionUID = 1L;

    public BrokenAnswerException(String message, @Nullable Duration retryAfter) {
        this(message, retryAfter, null);
    }

    public BrokenAnswerException(String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, retryAfter, cause);
    }

    @Override
    public boolean answerLost() {
        return true;
    }
}
