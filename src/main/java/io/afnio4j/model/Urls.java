package io.afnio4j.model;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * URLs as users write them. They may hold a password or a key, so no message quotes one, and none has the parser's
 * complaint as its cause, which does.
 */
final class Urls {

    private static final int MAX_PORT = 65_535;
    private static final Set<String> PROXY_SCHEMES = Set.of("http", "socks5");

    private Urls() {}

    /** An http or https URL without a user and a password; characters beyond ASCII come encoded. */
    static URI base(String url) {
        URI uri = parsed(url);
        if (uri == null) {
            throw new IllegalArgumentException(
                    "A base URL is an http or https URL such as https://api.openai.com/v1; this one can't be read.");
        }
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

    /** An http or socks5 URL with a host and a port, and perhaps a user and a password. */
    static URI proxy(String url) {
        URI uri = parsed(url);
        if (uri == null
                || !PROXY_SCHEMES.contains(String.valueOf(uri.getScheme()))
                || uri.getHost() == null
                || uri.getPort() < 1
                || uri.getPort() > MAX_PORT) {
            throw new IllegalArgumentException(
                    "A proxy is given as http://host:port or socks5://host:port; this one isn't.");
        }
        return uri;
    }

    private static @Nullable URI parsed(String url) {
        try {
            return URI.create(url.strip());
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
