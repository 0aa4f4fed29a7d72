package io.afnio4j.optim;

import java.util.function.Predicate;

/**
 * What a new value must keep to.
 *
 * @param words the rule, as the model is told it
 * @param holds whether a value keeps to it; a value that doesn't is sent back once, with the rule
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
}
