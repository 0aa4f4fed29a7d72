package io.afnio4j.error;

/**
 * A call was not sent, because what it was asked for had failed elsewhere before its turn came. Nothing was paid for
 * it.
 */
public final class CalledOffException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public CalledOffException() {
        super("The call was not sent: what it was asked for failed elsewhere before its turn came.", null);
    }

    /**
     * Whether a failure only follows from another one.
     *
     * @param failure any failure
     * @return true where it is, or was caused by, a call that was called off, as a whole backward pass may be
     */
    static boolean isBehind(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof CalledOffException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    /** No trace: where a call waited says nothing, and there may be very many at once. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
