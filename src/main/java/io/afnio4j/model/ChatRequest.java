package io.afnio4j.model;

import java.util.List;

/**
 * One question to a model.
 *
 * @param messages the conversation, oldest first, at least one message
 * @param options how to answer: temperature, format, limits
 */
public record ChatRequest(List<ChatMessage> messages, CompletionOptions options) {

    public ChatRequest {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("A chat request needs at least one message.");
        }
    }

    /**
     * A request with the model's own defaults.
     *
     * @param messages the conversation, oldest first
     * @return the request
     */
    public static ChatRequest of(ChatMessage... messages) {
        return new ChatRequest(List.of(messages), CompletionOptions.NONE);
    }
}
