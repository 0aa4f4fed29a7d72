package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** The key is missing, or the provider does not accept it (401, 403); or a proxy does not accept its login (407). */
public final class AuthenticationException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public AuthenticationException(String message) {
        this(message, null);
    }

    public AuthenticationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
