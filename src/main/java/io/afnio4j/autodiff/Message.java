package io.afnio4j.autodiff;

import java.util.List;

/**
 * One turn of a conversation whose parts are variables, so that feedback can reach each of them. A conversation is a
 * {@code List<Message>}.
 *
 * @param role who speaks: {@code system}, {@code developer}, {@code user} or {@code assistant}
 * @param parts what is said, in order
 */
public record Message(String role, List<Variable> parts) {

    private static final List<String> ROLES = List.of("system", "developer", "user", "assistant");

    public Message {
        if (!ROLES.contains(role)) {
            throw new IllegalArgumentException("A message's role is one of " + ROLES + ", not '" + role + "'.");
        }
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("A " + role + " message needs at least one part.");
        }
    }

    public static Message system(Variable... parts) {
        return new Message("system", List.of(parts));
    }

    public static Message user(Variable... parts) {
        return new Message("user", List.of(parts));
    }

    public static Message assistant(Variable... parts) {
        return new Message("assistant", List.of(parts));
    }
}
