package io.afnio4j.model;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation as it goes to a model.
 *
 * @param role who speaks: {@code system}, {@code developer}, {@code user}, {@code assistant} or {@code tool}
 * @param parts what is said, in order
 * @param toolCalls the calls that an assistant asked for
 * @param toolCallId which call a tool answers, null for every other role
 */
public record ChatMessage(
        String role,
        List<ContentPart> parts,
        List<ToolCall> toolCalls,
        @Nullable String toolCallId) {

    public ChatMessage {
        if (role.isBlank()) {
            throw new IllegalArgumentException("A chat message needs a role such as 'system' or 'user'.");
        }
        parts = List.copyOf(parts);
        toolCalls = List.copyOf(toolCalls);
        if (!toolCalls.isEmpty() && !role.equals("assistant")) {
            throw new IllegalArgumentException("Only an assistant calls tools, not the role '" + role + "'.");
        }
        if (toolCallId != null && !role.equals("tool")) {
            throw new IllegalArgumentException("Only a tool answers a tool call, not the role '" + role + "'.");
        }
    }

    /**
     * A message that has nothing to do with tools.
     *
     * @param role who speaks
     * @param parts what is said, in order
     */
    public ChatMessage(String role, List<ContentPart> parts) {
        this(role, parts, List.of(), null);
    }

    public static ChatMessage system(String text) {
        return of("system", text);
    }

    public static ChatMessage user(String text) {
        return of("user", text);
    }

    /**
     * What a user says and shows.
     *
     * @param parts texts and pictures, in order
     * @return the message
     */
    public static ChatMessage user(ContentPart... parts) {
        return new ChatMessage("user", List.of(parts));
    }

    public static ChatMessage assistant(String text) {
        return of("assistant", text);
    }

    /**
     * What a model said, with the calls that it asked for: the turn that comes before the tools' answers.
     *
     * @param text its words, possibly none
     * @param toolCalls the calls
     * @return the message
     */
    public static ChatMessage assistant(String text, List<ToolCall> toolCalls) {
        List<ContentPart> parts = text.isEmpty() ? List.of() : List.of(new ContentPart.Text(text));
        return new ChatMessage("assistant", parts, toolCalls, null);
    }

    /**
     * What a tool answered.
     *
     * @param toolCallId the id of the {@link ToolCall} that it answers
     * @param result its result, in words or JSON
     * @return the message
     */
    public static ChatMessage tool(String toolCallId, String result) {
        return new ChatMessage("tool", List.of(new ContentPart.Text(result)), List.of(), toolCallId);
    }

    /**
     * A message of a single text.
     *
     * @param role who speaks
     * @param text what is said
     * @return the message
     */
    public static ChatMessage of(String role, String text) {
        return new ChatMessage(role, List.of(new ContentPart.Text(text)));
    }

    /**
     * The message's text parts, joined by line breaks.
     *
     * @return what a reader without eyes sees of the message
     */
    public String text() {
        if (parts.size() == 1 && parts.get(0) instanceof ContentPart.Text only) {
            return only.text();
        }
        return parts.stream()
                .filter(ContentPart.Text.class::isInstance)
                .map(part -> ((ContentPart.Text) part).text())
                .collect(Collectors.joining("\n"));
    }
}
