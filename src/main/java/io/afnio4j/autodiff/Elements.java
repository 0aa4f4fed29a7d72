package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** Arithmetic over data: element by element where they are lists. */
final class Elements {

    private Elements() {}

    /** Combines two data of one shape. */
    static @Nullable Object combine(
            @Nullable Object a, @Nullable Object b, BinaryOperator<@Nullable Object> operation) {
        if (!(a instanceof List<?> left) || !(b instanceof List<?> right)) {
            return operation.apply(a, b);
        }
        List<@Nullable Object> combined = new ArrayList<>(left.size());
        for (int i = 0; i < left.size(); i++) {
            combined.add(operation.apply(left.get(i), right.get(i)));
        }
        return combined;
    }

    /** Numbers add up; a text, or a number beside a text, is joined as text. */
    static Object add(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return added(x, y);
        }
        if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() + y.doubleValue();
        }
        return (a == null ? "" : Decimal.of(a)) + (b == null ? "" : Decimal.of(b));
    }

    private static long added(long x, long y) {
        try {
            return Math.addExact(x, y);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "The sum of " + x + " and " + y + " is too large for a whole number. Use real numbers.", overflow);
        }
    }

    /** Refuses variables that can't stand side by side. */
    static void checkSameShape(String function, List<Variable> variables) {
        Value first = variables.get(0).value();
        for (Variable variable : variables) {
            Value value = variable.value();
            if (value.isList() != first.isList() || value.size() != first.size()) {
                throw new IllegalArgumentException(
                        function + " needs scalars only, or lists of one length, but the " + first.named() + " is "
                                + first.shape() + " and the " + value.named() + " is " + value.shape() + ".");
            }
        }
    }
}
