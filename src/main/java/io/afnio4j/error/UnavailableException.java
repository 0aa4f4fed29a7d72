package io.afnio4j.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The endpoint could not be reached, cut the connection, took too long or failed by itself (408, 409, 425, 5xx). */
public final class UnavailableException extends RetriableException {

    private static final long serialVersionUID = 1L;

    private final boolean answerLost;

    public UnavailableException(String message, @Nullable Duration retryAfter) {
        this(message, retryAfter, null);
    }

    public UnavailableException(String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        this(message, retryAfter, cause, false);
    }

    private UnavailableException(
            String message, @Nullable Duration retryAfter, @Nullable Throwable cause, boolean answerLost) {
        super(message, retryAfter, cause);
        this.answerLost = answerLost;
    }

    /**
     * The request was sent, and then the connection was cut or the time was up: nobody knows whether it was carried
     * out.
     *
     * @param message what happened
     * @param cause where it came from
     * @return the exception
     */
    public static UnavailableException answerLost(String message, @Nullable Throwable cause) {
        return answerLost(message, null, cause);
    }

    /**
     * The request was passed on, and whoever passed it on has given up waiting: nobody knows whether it was carried
     * out.
     *
     * @param message what happened
     * @param retryAfter how long the other side asked to be left alone, null where it said nothing
     * @param cause where it came from
     * @return the exception
     */
    public static UnavailableException answerLost(
            String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        return new UnavailableException(message, retryAfter, cause, true);
    }

    @Override
    public boolean answerLost() {
        return answerLost;
    }
}
