package io.afnio4j.ops;

import io.afnio4j.model.BackwardClient;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All that a call depends on: who is asked, and the texts that its request is made of. The texts are those that the graph holds anyway, and their hash codes are
 * kept by the strings themselves, so that a key costs little beside the request that need not be written.
 */
final class CallKey {

    private final BackwardClient client;
    private final @Nullable String[] texts; // behind the last one: null
    private final int hash;

    private CallKey(Builder builder) {
        this.client = builder.client;
        this.texts = builder.texts;
        this.hash = builder.hash;
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

    /** Collects the texts. */
    static final class Builder {

        private final BackwardClient client;
        private @Nullable String[] texts = new String[12];
        private int count;
        private int hash;

        Builder(BackwardClient client) {
            this.client = client;
        }

        void add(String text) {
            if (count == texts.length) {
                texts = Arrays.copyOf(texts, 2 * count);
            }
            texts[count++] = text;
            hash = 31 * hash + text.hashCode();
        }

        CallKey build() {
            return new CallKey(this);
        }
    }
}
