package io.afnio4j.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A secret that opens a provider's door. It has no accessor that a log, a debugger's {@code toString} or a serializer
 * would call by itself: only {@link #reveal()} gives the text away, and only the room that writes the request's header
 * calls it.
 */
public final class ApiKey {

    private final String secret;

    private ApiKey(String secret) {
        this.secret = secret;
    }

    /**
     * Wraps a key.
     *
     * @param secret the key as the provider gave it
     * @return the wrapped key
     */
    public static ApiKey of(String secret) {
        String key = secret.strip();
        if (key.isEmpty()) {
            throw new IllegalArgumentException("The API key is blank. Give the key that the provider issued.");
        }
        if (!key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new IllegalArgumentException(
                    "The API key holds characters that no key has, such as a space or a line break. Was too much pasted?");
        }
        return new ApiKey(key);
    }

    /**
     * Reads a provider's key from the environment: {@code OPENAI_API_KEY} for {@code openai}.
     *
     * @param provider the provider's name
     * @return the key, or null where the variable isn't set
     */
    public static @Nullable ApiKey fromEnvironment(String provider) {
        String value = System.getenv(variableFor(provider));
        return value == null || value.isBlank() ? null : of(value);
    }

    /**
     * The environment variable that holds a provider's key.
     *
     * @param provider the provider's name
     * @return for example {@code OPENAI_API_KEY}
     */
    public static String variableFor(String provider) {
        return provider.toUpperCase(Locale.ROOT).replace('-', '_') + "_API_KEY";
    }

    /**
     * The key itself, for the request's header and nothing else.
     *
     * @return the secret
     */
    public String reveal() {
        return secret;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ApiKey key && key.secret.equals(secret);
    }

    @Override
    public int hashCode() {
        return secret.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
