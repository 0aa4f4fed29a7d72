package io.afnio4j.model;

import java.util.List;

/**
 * Vectors of texts.
 *
 * @param vectors one for each text, in the order of the texts; not to be written to
 * @param usage the tokens that were counted, {@link Usage#NONE} where the provider reports none
 * @param model the model that answered, as the provider names it
 */
public record Embeddings(List<float[]> vectors, Usage usage, String model) {

    public Embeddings {
        vectors = List.copyOf(vectors);
    }
}
