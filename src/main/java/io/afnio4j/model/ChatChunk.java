package io.afnio4j.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a streamed answer.
 *
 * @param text the next words, possibly none
 * @param toolCalls the tools that the model wants to have called, put together from their pieces: all of them in one
 *     chunk, at the end of the words
 * @param finishReason why the model stopped, in the piece that ends its words
 * @param usage the tokens of the whole answer, in the piece that reports them
 * @param model the model that answered, as the provider names it, in the piece that ends its words; null where it isn't
 *     named
 */
public record ChatChunk(
        String text,
        List<ToolCall> toolCalls,
        @Nullable FinishReason finishReason,
        @Nullable Usage usage,
        @Nullable String model) {

    public ChatChunk {
        toolCalls = List.copyOf(toolCalls);
    }

    /**
     * A piece without tool calls, that doesn't name the model.
     *
     * @param text the next words, possibly none
     * @param finishReason why the model stopped, null where it goes on
     * @param usage the tokens of the whole answer, null where the piece reports none
     */
    public ChatChunk(String text, @Nullable FinishReason finishReason, @Nullable Usage usage) {
        this(text, List.of(), finishReason, usage, null);
    }

    /**
     * A whole answer in one piece.
     *
     * @param answer the answer
     * @return the piece
     */
    public static ChatChunk of(ChatResponse answer) {
        return new ChatChunk(answer.text(), answer.toolCalls(), answer.finishReason(), answer.usage(), answer.model());
    }
}
