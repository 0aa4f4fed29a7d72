package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** The provider understood the request and refuses it (4xx), or it could not be sent at all as it stands. */
public final class RejectedRequestException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final boolean filtered;

    public RejectedRequestException(String message) {
        this(message, null);
    }

    public RejectedRequestException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private RejectedRequestException(String message, @Nullable Throwable cause, boolean filtered) {
        super(message, cause);
        this.filtered = filtered;
    }

    /**
     * A provider's filter stopped what was asked.
     *
     * @param message what the provider says
     * @return the exception for the caller
     */
    public static RejectedRequestException filtered(String message) {
        return new RejectedRequestException(message, null, true);
    }

    /**
     * Whether a provider's filter found the words of this request to be against its rules, so that other requests have
     * nothing to fear.
     *
     * @return true where the provider says so
     */
    public boolean wasFiltered() {
        return filtered;
    }

    @Override
    public boolean isDueToWords() {
        return filtered;
    }
}
