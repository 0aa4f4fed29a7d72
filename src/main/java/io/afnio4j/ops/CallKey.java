package io.afnio4j.ops;

import io.afnio4j.model.BackwardClient;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All that a call depends on: who is asked, and the texts that its request is made of. The texts are those that the
 * graph holds anyway, and their hash codes are kept by the strings themselves, so that a key costs little beside the
 * request that need not be written.
 */
final class CallKey {

    private final BackwardClient client;
    private final @Nullable String[] texts;
    private int count;
    private int hash;

    /** A key without texts yet. */
    CallKey(BackwardClient client, int texts) {
        this.client = client;
        this.texts = new String[texts];
    }

    /** Adds one of the texts; the key must not be used before it has all of them. */
    void add(String text) {
        texts[count++] = text;
        hash = 31 * hash + text.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallKey key
                && key.hash == hash
                && key.client.equals(client)
                && Arrays.equals(key.texts, texts);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
