package io.afnio4j.error;

/**
 * The request asks for what the endpoint, or the model that it runs, can't do at all, such as to look at a picture. It
 * isn't sent again; a circuit breaker doesn't count it, for other requests may be good, and another model may be asked.
 */
public final class UnsupportedRequestException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public UnsupportedRequestException(String message) {
        super(message, null);
    }
}
