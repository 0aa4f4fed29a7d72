package io.afnio4j.autodiff;

import io.afnio4j.prompt.Wording;
import java.util.List;

/**
 * Feedback that a function passed on to an input under a line that says so. It remembers the feedback beneath that
 * line: the next function that passes it on replaces the line instead of putting another above it, so a text does not
 * grow with the depth of the graph.
 */
final class RelayedGradient extends Variable {

    private final Variable original;

    private RelayedGradient(Value value, Variable original) {
        super(value, false);
        this.original = original;
    }

    static Variable of(Variable gradient, String inputRole) {
        Variable original = originalOf(gradient);
        String role = FeedbackRole.of(inputRole);
        Value value = original.value();
        if (value.isNumeric()) {
            return new Variable(new Value(value.data(), role), false);
        }
        Value relayed = value.mapTexts(
                text -> text.isBlank() ? text : Wording.RELAYED_FEEDBACK.with("role", inputRole, "feedback", text),
                role);
        return new RelayedGradient(relayed, original);
    }

    /**
     * The same feedback for another variable: a line above it names the new one, but none is put where there was none.
     */
    static Variable readdressed(Variable gradient, String inputRole) {
        if (gradient instanceof RelayedGradient) {
            return of(gradient, inputRole);
        }
        String role = FeedbackRole.of(inputRole);
        if (gradient instanceof SampleGradient one) {
            return one.as(role);
        }
        return gradient instanceof CondensedGradient condensed
                ? condensed.as(role)
                : new Variable(gradient.data(), role);
    }

    /** What lies beneath the lines of gradients that were all passed on; the same list where one of them was not. */
    static List<Variable> originalsOf(List<Variable> gradients) {
        return gradients.stream().allMatch(RelayedGradient.class::isInstance)
                ? gradients.stream().map(RelayedGradient::originalOf).toList()
                : gradients;
    }

    static Variable originalOf(Variable gradient) {
        return gradient instanceof RelayedGradient relayed ? relayed.original : gradient;
    }
}
