package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/**
 * An answer came, but it is not what was asked for: another format, another kind, a missing part, a refusal; or it was
 * {@linkplain #wasRead() not even read}, since it is longer than any answer may be, or packed although nobody asked for
 * that.
 */
public class UnexpectedAnswerException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable SpentTokens spent;
    private final boolean read;

    public UnexpectedAnswerException(String message) {
        this(message, null, null);
    }

    public UnexpectedAnswerException(String message, @Nullable Throwable cause) {
        this(message, null, cause);
    }

    public UnexpectedAnswerException(String message, @Nullable SpentTokens spent, @Nullable Throwable cause) {
        this(message, spent, cause, true);
    }

    private UnexpectedAnswerException(
            String message, @Nullable SpentTokens spent, @Nullable Throwable cause, boolean read) {
        super(message, cause);
        this.spent = spent;
        this.read = read;
    }

    /**
     * An answer that wasn't read to its end.
     *
     * @param message what it is
     * @return the exception for the caller
     */
    public static UnexpectedAnswerException unread(String message) {
        return new UnexpectedAnswerException(message, null, null, false);
    }

    /**
     * Whether what went wrong is that a model's words were of no use, so that they had better be forgotten.
     *
     * @param failure any
     * @return false for all other failures, and where the words weren't read
     */
    public static boolean wasOfNoUse(Throwable failure) {
        return failure instanceof UnexpectedAnswerException unexpected && unexpected.wasRead();
    }

    /**
     * Whether it is the model's words that aren't what was asked for, so that another question may help.
     *
     * @return false where nobody knows them
     */
    public boolean wasRead() {
        return read;
    }

    @Override
    public @Nullable SpentTokens spent() {
        return spent;
    }

    @Override
    public boolean isDueToWords() {
        return read;
    }
}
