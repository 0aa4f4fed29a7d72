package io.afnio4j.autodiff;

import io.afnio4j.error.PermanentException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A backward pass did not succeed. The message names the first nodes that failed, with their variables and causes;
 * {@link #failures()} has all. No gradient was committed, unless {@link FailurePolicy#COMMIT_PARTLY} asks for it; the
 * answers that had come are kept in the graph, so that running the pass again asks only for what is missing. That can't
 * be done where another pass has been through the graph meanwhile and has given it up.
 */
public final class BackwardException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 3;

    private final transient List<Failure> failures;

    BackwardException(List<Failure> failures, String consequence) {
        super(message(failures) + consequence, failures.get(0).cause());
        this.failures = List.copyOf(failures);
        failures.stream().skip(1).forEach(failure -> addSuppressed(failure.cause()));
    }

    /**
     * The nodes that failed, in graph order.
     *
     * @return at least one
     */
    public List<Failure> failures() {
        return failures;
    }

    private static String message(List<Failure> failures) {
        StringBuilder text = new StringBuilder("The backward pass failed at ")
                .append(failures.size() == 1 ? "one node" : failures.size() + " nodes")
                .append(": ");
        return text.append(some(failures, ", ")).append(". ").toString();
    }

    /** The first of them in words, and how many more there are. */
    private static String some(List<?> all, String between) {
        String first = all.stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(between));
        return all.size() > SHOWN ? first + " and " + (all.size() - SHOWN) + " more" : first;
    }

    private static String why(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /**
     * A node that failed.
     *
     * @param node the node's name
     * @param variable the role of the variable that the node's function made, or of the leaf
     * @param cause why; where several of its questions failed, the first failure, which has the others as suppressed
     * @param parts the questions that failed, sorted by variable and sample; empty where the node failed as a whole, or
     *     asks a single question
     */
    public record Failure(String node, String variable, Throwable cause, List<Part> parts) {

        public Failure {
            parts = List.copyOf(parts);
        }

        /** A node that failed as a whole. */
        public Failure(String node, String variable, Throwable cause) {
            this(node, variable, cause, List.of());
        }

        /** The node, its variable, and why or at which questions it failed: a line for people. */
        @Override
        public String toString() {
            String of = variable.isBlank() ? node : node + " of \"" + variable + '"';
            return of + " (" + (parts.isEmpty() ? why(cause) : some(parts, "; ")) + ")";
        }
    }

    /**
     * One of the questions of a node that failed.
     *
     * @param variable the role of the variable that feedback was asked for
     * @param sample its place in the batch, from 0; null where there is no batch
     * @param cause why
     */
    public record Part(String variable, @Nullable Integer sample, Throwable cause) {

        @Override
        public String toString() {
            String about = sample == null ? "" : "sample " + sample;
            if (!variable.isBlank()) {
                about = "feedback to \"" + variable + '"' + (about.isEmpty() ? "" : ", " + about);
            }
            return about.isEmpty() ? why(cause) : about + ": " + why(cause);
        }
    }
}
