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

    /**
     * The answers to several requests as one.
     *
     * @param parts the answers, in the order of their texts
     * @param model whose they are, for where there are none
     * @return all vectors and the sum of the usages
     */
    public static Embeddings joined(List<Embeddings> parts, String model) {
        return new Embeddings(
                parts.stream().flatMap(part -> part.vectors.stream()).toList(),
                parts.stream().map(Embeddings::usage).reduce(Usage.NONE, Usage::plus),
                parts.isEmpty() ? model : parts.get(0).model);
    }
}
