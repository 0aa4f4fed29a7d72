package io.afnio4j.error;

/**
 * The endpoint failed by itself (5xx) and says that the same request would meet the same failure
 * ({@code x-should-retry: false}). It isn't sent again; a circuit breaker counts it, and another model may be asked.
 */
public final class EndpointFailedException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public EndpointFailedException(String message) {
        super(message, null);
    }
}
