package io.afnio4j.model;

import java.util.List;

/**
 * A model's answer.
 *
 * @param text what it said, "" where it only asks for tools, or stopped without a word
 * @param toolCalls the tools that it wants to have called, in its order
 * @param finishReason why it stopped
 * @param usage the tokens that were counted, {@link Usage#NONE} where the provider reports none
 * @param model the model that answered, as the provider names it
 */
public record ChatResponse(
        String text, List<ToolCall> toolCalls, FinishReason finishReason, Usage usage, String model) {

    public ChatResponse {
        toolCalls = List.copyOf(toolCalls);
    }

    /**
     * An answer in words.
     *
     * @param text what it said
     * @param finishReason why it stopped
     * @param usage the tokens that were counted
     * @param model the model that answered
     */
    public ChatResponse(String text, FinishReason finishReason, Usage usage, String model) {
        this(text, List.of(), finishReason, usage, model);
    }

    /**
     * Whether another answer says the same, whatever it cost and whoever gave it.
     *
     * @param other another answer
     * @return true where text and calls of tools are equal
     */
    public boolean saysTheSameAs(ChatResponse other) {
        return text.equals(other.text) && toolCalls.equals(other.toolCalls);
    }

    /**
     * The answer as a turn of the conversation that it continues.
     *
     * @return an assistant's message with the words and the tool calls
     */
    public ChatMessage message() {
        return ChatMessage.assistant(text, toolCalls);
    }
}
