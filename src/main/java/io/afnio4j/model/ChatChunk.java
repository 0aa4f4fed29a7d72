package io.afnio4j.model;

import org.jspecify.annotations.Nullable;

/**
 * A piece of a streamed answer.
 *
 * @param text the next words, possibly none
 * @param finishReason why the model stopped, in the piece that ends its words
 * @param usage the tokens of the whole answer, in the piece that reports them
 */
public record ChatChunk(
        String text,
        @Nullable FinishReason finishReason,
        @Nullable Usage usage) {}
