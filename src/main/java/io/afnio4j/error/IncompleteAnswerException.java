package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/**
 * The model stopped before its answer was whole: at the token limit, or at a content filter. What it said is paid for.
 */
public final class IncompleteAnswerException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable SpentTokens spent;

    public IncompleteAnswerException(String message) {
        this(message, null, null);
    }

    public IncompleteAnswerException(String message, @Nullable Throwable cause) {
        this(message, null, cause);
    }

    public IncompleteAnswerException(String message, @Nullable SpentTokens spent, @Nullable Throwable cause) {
        super(message, cause);
        this.spent = spent;
    }

    @Override
    public @Nullable SpentTokens spent() {
        return spent;
    }

    @Override
    public boolean isDueToWords() {
        return true;
    }
}
