package io.afnio4j.model;

import org.jspecify.annotations.Nullable;

/**
 * The header in which a key travels.
 *
 * @param name the header's name, for example {@code Authorization} or {@code api-key}
 * @param scheme the word before the key, for example {@code Bearer}; null where the key stands alone
 */
public record KeyHeader(String name, @Nullable String scheme) {

    /**
     * The header's value.
     *
     * @param key the secret
     * @return what to send; as secret as the key
     */
    public String value(ApiKey key) {
        return scheme == null ? key.reveal() : scheme + " " + key.reveal();
    }
}
