package io.afnio4j.error;

/** A call was not sent, because what it was asked for had failed elsewhere before its turn came. Nothing was paid for it. */
public final class CalledOffException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public CalledOffException() {
        super("The call was not sent: what it was asked for failed elsewhere before its turn came.", null);
    }
}
