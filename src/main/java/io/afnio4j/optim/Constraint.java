package io.afnio4j.optim;

import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a new value must keep to.
 *
 * @param words the rule, as the model is told it
 * @param holds whether a value keeps to it; a value that doesn't, or for which this throws as a parser does, is sent
 *     back once, with the rule
 */
public record Constraint(String words, Predicate<String> holds) {

    /**
     * A rule that can't be checked by a program.
     *
     * @param words the rule
     * @return the constraint
     */
    public static Constraint of(String words) {
        return new Constraint(words, value -> true);
    }

    /**
     * Bounds the length.
     *
     * @param characters how long the value may be
     * @return the constraint
     */
    public static Constraint maxLength(int characters) {
        return new Constraint(
                "The value has at most " + characters + " characters.",
                value -> value.codePointCount(0, value.length()) <= characters);
    }

    /** What is wrong with a value; null where it keeps to the rule. */
    @Nullable Problem brokenBy(String value) {
        try {
            return holds.test(value) ? null : Problem.of("it breaks the rule: " + words);
        } catch (RuntimeException broken) {
            String reason = Objects.requireNonNullElse(
                    broken.getMessage(), broken.getClass().getSimpleName());
            return new Problem("it breaks the rule: " + words + " (" + reason + ")", broken);
        }
    }
}
