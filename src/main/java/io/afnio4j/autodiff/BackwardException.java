package io.afnio4j.autodiff;

import io.afnio4j.error.PermanentException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A backward pass did not succeed. No gradient was committed, unless {@link FailurePolicy#COMMIT_PARTLY} asks for it; the answers that had come are kept in the graph, so that running the pass again
 * asks only for what is missing. That can't be done where another pass has been through the graph meanwhile and has given it up.
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
        text.append(failures.stream().limit(SHOWN).map(Failure::toString).collect(Collectors.joining(", ")));
        if (failures.size() > SHOWN) {
            text.append(", …");
        }
        return text.append(". ").toString();
    }

    /**
     * A node that failed.
     *
     * @param node the node's name
     * @param variable the role of the variable that the node's function made, or of the leaf
     * @param cause why
     */
    public record Failure(String node, String variable, Throwable cause) {

        @Override
        public String toString() {
            String message = cause.getMessage();
            return node + " (" + (message == null ? cause.getClass().getSimpleName() : message) + ")";
        }
    }
}
