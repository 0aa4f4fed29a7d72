package io.afnio4j.model.http;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What must not be shown: the key, the proxy's password, the values of the caller's own headers and of the URL's query,
 * which may be keys too. Providers like to quote them in their error messages, so each word of a provider passes
 * through here before anybody sees it.
 *
 * <p>A key of less than {@value #SHORTEST} characters protects nothing, such as the "none" that a server of one's own
 * is given: it is hidden where it stands as a word by itself, and left alone within other words.
 */
final class Secrets {

    /** Shorter values are ordinary words rather than keys; hiding them would make messages unreadable. */
    private static final int SHORTEST = 8;

    /**
     * How much of a long one may be shown, which tells its owner which one it is; of shorter ones it is a quarter, or a
     * word.
     */
    private static final int LONGEST_PIECE = 11;

    /** Shorter pieces of a key are ordinary words too. */
    private static final int KEY_PIECE = 5;

    private static final int EXCERPT = 300;

    private static final String MASK = "***";

    private final List<String> hidden;
    private final String key;
    private final @Nullable Pattern shortKey;

    private Secrets(List<String> hidden, String key) {
        this.hidden = hidden;
        this.key = key;
        this.shortKey = key.isEmpty() || key.length() >= SHORTEST
                ? null
                : Pattern.compile("(?<![\\w-])" + Pattern.quote(key) + "(?![\\w-])", Pattern.UNICODE_CHARACTER_CLASS);
    }

    static Secrets of(ClientOptions options) {
        List<String> words = new ArrayList<>();
        ConnectionOptions connection = options.connection();
        connection.headers().values().forEach(value -> words.addAll(Arrays.asList(value.split("\\s+", -1))));
        connection.queryParameters().values().forEach(value -> words.addAll(List.of(value, Endpoint.encode(value))));
        if (connection.proxy() != null && connection.proxy().getUserInfo() != null) {
            words.addAll(Arrays.asList(connection.proxy().getUserInfo().split(":", -1)));
        }
        if (options.baseUrl() != null && options.baseUrl().getRawQuery() != null) {
            words.addAll(Arrays.asList(options.baseUrl().getRawQuery().split("[&=]", -1)));
        }
        String key = options.apiKey() == null ? "" : options.apiKey().reveal();
        words.add(key);
        words.removeIf(word -> word.length() < SHORTEST);
        // The longest first, so that a secret which is a part of another doesn't leave the rest of it standing.
        words.sort(Comparator.comparingInt(String::length).reversed());
        return new Secrets(List.copyOf(words), key);
    }

    /**
     * Makes a provider's words fit for a message: on one line, short, and without secrets.
     *
     * @param text what the provider said
     * @return the presentable beginning of it
     */
    String excerpt(String text) {
        String masked = text;
        for (String secret : hidden) {
            masked = masked.replace(secret, MASK);
        }
        for (String secret : hidden) {
            masked = withoutPieces(masked, secret);
        }
        if (shortKey != null) {
            masked = shortKey.matcher(masked).replaceAll(MASK);
        }
        // Only after the masking: a secret that was cut in two would no longer be recognised.
        String line = masked.strip().replaceAll("[\\s\\p{Cntrl}]+", " ");
        return line.length() <= EXCERPT ? line : line.substring(0, EXCERPT) + "...";
    }

    /** Some providers quote all of a key but its end. */
    private String withoutPieces(String text, String secret) {
        int shown =
                Math.max(secret.equals(key) ? KEY_PIECE : SHORTEST - 1, Math.min(LONGEST_PIECE, secret.length() / 4));
        String rest = text;
        for (int from = 0; from + shown < secret.length(); from++) {
            String piece = secret.substring(from, from + shown + 1);
            for (int at = rest.indexOf(piece); at >= 0; at = rest.indexOf(piece)) {
                int length = piece.length();
                while (secret.regionMatches(from, rest, at, length + 1)) {
                    length++;
                }
                rest = rest.substring(0, at) + MASK + rest.substring(at + length);
            }
        }
        return rest;
    }

    @Override
    public String toString() {
        return MASK;
    }
}
