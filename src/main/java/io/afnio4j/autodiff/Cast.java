package io.afnio4j.autodiff;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** From one kind of data to another: see {@link Variable#to}. */
final class Cast {

    private static final int SHOWN = 40;

    private final Value value;
    private final Class<?> type;

    private Cast(Value value, Class<?> type) {
        this.value = value;
        this.type = type;
    }

    static Value of(Value value, Class<?> type) {
        if (type != String.class && type != Long.class && type != Double.class) {
            throw new IllegalArgumentException("Data can be cast to String, Long or Double, not to " + type.getName()
                    + "; whole numbers are Long and real ones Double.");
        }
        Cast cast = new Cast(value, type);
        List<?> elements = value.elements();
        Object data = value.isList()
                ? IntStream.range(0, elements.size())
                        .mapToObj(i -> cast.element(elements.get(i), i))
                        .toList()
                : cast.element(value.data(), 0);
        return new Value(data, value.role());
    }

    private Object element(@Nullable Object element, int index) {
        if (element == null) {
            throw new IllegalArgumentException("The " + value.named() + " holds nothing, which can't be cast to "
                    + type.getSimpleName() + ". Set its data first.");
        }
        if (type == String.class) {
            return Decimal.of(element);
        }
        try {
            return type == Long.class ? whole(element) : (Object) real(element);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    (value.isList() ? "Element " + index + " of the " : "The ") + value.role() + ", " + shown(element)
                            + ", can't become a " + type.getSimpleName() + ".",
                    notANumber);
        }
    }

    private static long whole(Object element) {
        if (element instanceof Double real) {
            if (!(Math.abs(real) < 0x1p63)) { // also where it is no number at all
                throw new NumberFormatException();
            }
            return real.longValue();
        }
        return element instanceof Long whole
                ? whole
                : Long.parseLong(element.toString().strip());
    }

    private static double real(Object element) {
        if (element instanceof Number number) {
            return number.doubleValue();
        }
        String text = element.toString().strip();
        if (text.matches("(?s).*[dDfF]")) { // a Java literal, not a number in a text
            throw new NumberFormatException();
        }
        return Double.parseDouble(text);
    }

    private static String shown(Object element) {
        return element instanceof String text
                ? "the text '" + Elided.text(text, SHOWN, SHOWN / 2) + "'"
                : "the number " + element;
    }
}
