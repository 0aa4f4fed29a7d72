package io.afnio4j.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One turn of a conversation as it goes to a model.
 *
 * @param role who speaks: {@code system}, {@code developer}, {@code user} or {@code assistant}
 * @param parts what is said, in order
 */
public record ChatMessage(String role, List<ContentPart> parts) {

    public ChatMessage {
        if (role.isBlank()) {
            throw new IllegalArgumentException("A chat message needs a role such as 'system' or 'user'.");
        }
        parts = List.copyOf(parts);
    }

    public static ChatMessage system(String text) {
        return of("system", text);
    }

    public static ChatMessage user(String text) {
        return of("user", text);
    }

    public static ChatMessage assistant(String text) {
        return of("assistant", text);
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
        return parts.stream()
                .filter(ContentPart.Text.class::isInstance)
                .map(part -> ((ContentPart.Text) part).text())
                .collect(Collectors.joining("\n"));
    }
}
