package io.afnio4j.examples.supersense;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Turns text into a vector of length 1 whose direction is its meaning, by the all-MiniLM-L6-v2 sentence encoder that
 * comes as a jar. Computes for some milliseconds per new text, so it is never called on an event loop; remembers the
 * texts used last. Safe to use from many threads.
 */
final class Embeddings {

    private static final int REMEMBERED = 60_000;

    private final EmbeddingModel encoder = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
    private final Map<String, float[]> remembered = Collections.synchronizedMap(new Recent());

    float[] of(String text) {
        float[] known = remembered.get(text);
        if (known != null) {
            return known;
        }
        float[] vector = encoder.embed(text).content().vector();
        remembered.put(text, vector);
        return vector;
    }

    /** How near two texts are in meaning: the cosine, since vectors have length 1. */
    static double nearness(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += one[i] * other[i];
        }
        return sum;
    }

    private static final class Recent extends LinkedHashMap<String, float[]> {

        private static final long serialVersionUID = 1L;

        Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
            return size() > REMEMBERED;
        }
    }
}
