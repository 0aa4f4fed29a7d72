package io.afnio4j.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.URI;
import java.time.Duration;

/** Checks of options, with messages that name the option and the value. */
final class Checks {

    private Checks() {}

    @CanIgnoreReturnValue
    static long atLeast(String name, long minimum, long value) {
        if (value < minimum) {
            throw new IllegalArgumentException(name + " must be at least " + minimum + ", not " + value + ".");
        }
        return value;
    }

    @CanIgnoreReturnValue
    static Duration positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " must be more than zero, not " + value + ".");
        }
        return value;
    }

    /** An http or https URL without a user and a password. The messages don't quote it: it may hold a secret. */
    static URI baseUrl(String url) {
        URI uri = parse(url);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException(
                    "A base URL is an http or https URL such as https://api.openai.com/v1; this one isn't.");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "The base URL holds a user and password. Give the key with apiKey(...) or headers(...) instead.");
        }
        return uri;
    }

    private static URI parse(String url) {
        try {
            return URI.create(url.strip());
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "A base URL is an http or https URL such as https://api.openai.com/v1; this one can't be read.",
                    malformed);
        }
    }
}
