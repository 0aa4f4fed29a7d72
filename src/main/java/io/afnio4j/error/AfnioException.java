package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything that afnio4j reports at run time. Its message is one sentence that names the cause and, where
 * there is one, the remedy; it never holds an API key or the text of a prompt.
 */
public abstract sealed class AfnioException extends RuntimeException permits RetriableException, PermanentException {

    private static final long serialVersionUID = 1L;

    AfnioException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * What the call costs all the same.
     *
     * @return the tokens that the provider counted, null where it counted none or nobody knows
     */
    public @Nullable SpentTokens spent() {
        return null;
    }

    /**
     * Whether the words of this one call are at fault, those that were asked or those that were answered, and other
     * calls have nothing to fear.
     *
     * @return true where the answer was cut, declined or of no use, or a provider's filter stopped the call
     */
    public boolean isDueToWords() {
        return false;
    }
}
