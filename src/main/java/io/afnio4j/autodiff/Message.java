package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation whose parts are variables, so that feedback can reach each of them. A conversation is a
 * {@code List<Message>}; {@link MultiTurnMessages} is one that is built turn by turn.
 *
 * @param role who speaks: {@code system}, {@code developer}, {@code user} or {@code assistant}
 * @param parts what is said, in order; at least one part
 */
public record Message(String role, List<Variable> parts) {

    private static final List<String> ROLES = List.of("system", "developer", "user", "assistant");

    /**
     * Checks the message and copies the list of its parts.
     *
     * @throws IllegalArgumentException for another role, for no parts, and for a part that is null
     */
    public Message {
        if (!isKnown(role)) {
            throw new IllegalArgumentException("A message's role is one of " + ROLES + ", not '" + role + "'.");
        }
        parts = checked(role, parts);
    }

    public static Message system(Variable... parts) {
        return of("system", parts);
    }

    public static Message developer(Variable... parts) {
        return of("developer", parts);
    }

    public static Message user(Variable... parts) {
        return of("user", parts);
    }

    public static Message assistant(Variable... parts) {
        return of("assistant", parts);
    }

    /**
     * A message of a role that is known only at run time.
     *
     * @param role {@code system}, {@code developer}, {@code user} or {@code assistant}
     * @param parts what is said, in order
     * @return the message
     */
    public static Message of(String role, Variable... parts) {
        return new Message(role, Arrays.asList(parts));
    }

    private static boolean isKnown(@Nullable String role) {
        return role != null && ROLES.contains(role);
    }

    private static List<Variable> checked(String role, List<? extends @Nullable Variable> parts) {
        List<Variable> checked = new ArrayList<>(parts.size());
        for (Variable part : parts) {
            if (part == null) {
                throw new IllegalArgumentException("Part " + checked.size() + " of a " + role
                        + " message is null. A part is a variable; leave out what isn't there.");
            }
            checked.add(part);
        }
        if (checked.isEmpty()) {
            throw new IllegalArgumentException("A " + role + " message needs at least one part.");
        }
        return List.copyOf(checked);
    }
}
