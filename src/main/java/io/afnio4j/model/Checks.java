package io.afnio4j.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/** Checks of options, with messages that name the option and the value. */
final class Checks {

    private static final int MAX_PORT = 65_535;

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

    /** An http or https URL without a user and a password, other signs than ASCII's encoded. The messages don't quote it: it may hold a secret. */
    static URI baseUrl(String url) {
        URI uri = parse(url);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || uri.getAuthority() == null) {
            throw new IllegalArgumentException(
                    "A base URL is an http or https URL such as https://api.openai.com/v1; this one isn't.");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "The base URL's host isn't one that a URL may have: letters, digits, hyphens and dots,"
                            + " and no underscores. Give a container a name without them, or take its address.");
        }
        if (uri.getPort() > MAX_PORT) {
            throw new IllegalArgumentException(
                    "The base URL's port is " + uri.getPort() + ", but there are none above " + MAX_PORT + ".");
        }
        if (uri.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "The base URL holds a user and password. Give the key with apiKey(...) or header(...) instead.");
        }
        return URI.create(scheme + uri.toASCIIString().substring(scheme.length()));
    }

    private static URI parse(String url) {
        try {
            return URI.create(url.strip());
        } catch (IllegalArgumentException malformed) {
            // Without the cause, which quotes it.
            throw new IllegalArgumentException(
                    "A base URL is an http or https URL such as https://api.openai.com/v1; this one can't be read.");
        }
    }
}
