package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** The answer is whole, but it is not what was asked for: another format, another kind, a missing part, a refusal. */
public final class UnexpectedAnswerException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable SpentTokens spent;

    public UnexpectedAnswerException(String message) {
        this(message, null, null);
    }

    public UnexpectedAnswerException(String message, @Nullable Throwable cause) {
        this(message, null, cause);
    }

    public UnexpectedAnswerException(String message, @Nullable SpentTokens spent, @Nullable Throwable cause) {
        super(message, cause);
        this.spent = spent;
    }

    @Override
    public @Nullable SpentTokens spent() {
        return spent;
    }
}
