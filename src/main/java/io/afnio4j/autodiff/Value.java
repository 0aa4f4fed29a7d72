package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Variable} holds at one moment: immutable, and what a function keeps of its inputs, so that its backward
 * sees what its forward saw.
 *
 * @param data null, a {@code String}, a {@code Long}, a {@code Double}, or an immutable {@code List} of one of these
 * @param role what the data are for, in words
 */
public record Value(@Nullable Object data, String role) {

    private static final int SHOWN_TEXT = 40;
    private static final int SHOWN_LIST = 6;

    /**
     * Normalises the data: whole numbers become {@code Long}, real ones {@code Double}, lists are copied, and whole
     * numbers beside real ones become real.
     *
     * @throws IllegalArgumentException for data of another kind, a list that mixes texts and numbers, or a null role
     */
    public Value {
        if (role == null) {
            throw new IllegalArgumentException(
                    "A variable's role can't be null. Use \"\" where there is nothing to say.");
        }
        data = data instanceof List<?> list ? listOf(list) : scalar(data, "A variable's data are");
    }

    /**
     * Whether this is a batch of values.
     *
     * @return true for a list
     */
    public boolean isList() {
        return data instanceof List;
    }

    /**
     * How many values there are.
     *
     * @return the length of a list; 1 for a scalar
     */
    public int size() {
        return data instanceof List<?> list ? list.size() : 1;
    }

    /**
     * The values, a scalar as a list of one.
     *
     * @return the elements
     */
    public List<?> elements() {
        return data instanceof List<?> list ? list : Collections.singletonList(data);
    }

    /**
     * One value as text. A scalar stands for every index.
     *
     * @param index which one, from 0
     * @return the text; numbers in decimal, whole ones without a fraction, very large or small ones with an exponent;
     *     null data as the empty text
     */
    public String text(int index) {
        // First, as it is by far the most frequent, and to tell a class is cheaper than to tell an interface.
        if (data instanceof String text) {
            return text;
        }
        Object element = data instanceof List<?> list ? list.get(index) : data;
        return element == null ? "" : Decimal.of(element);
    }

    /**
     * Whether the values are numbers.
     *
     * @return true where every element is a number and there is one
     */
    public boolean isNumeric() {
        return !elements().isEmpty() && elements().get(0) instanceof Number;
    }

    /**
     * Applies a function to every text.
     *
     * @param change the function
     * @param newRole the role of the result
     * @return a value of the same shape, all texts
     */
    public Value mapTexts(UnaryOperator<String> change, String newRole) {
        if (!(data instanceof List<?> list)) {
            return new Value(change.apply(text(0)), newRole);
        }
        List<String> texts = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            texts.add(change.apply(text(i)));
        }
        return new Value(texts, newRole);
    }

    boolean isReal() {
        return !elements().isEmpty() && elements().get(0) instanceof Double;
    }

    /** What messages call it. */
    String named() {
        return role.isBlank() ? "variable" : role;
    }

    /** The shape in words, for messages: {@code a scalar text}, {@code a list of 3 numbers}. */
    String shape() {
        if (data == null) {
            return "nothing";
        }
        String kind = isNumeric() ? "number" : "text";
        return isList() ? "a list of " + size() + " " + kind + (size() == 1 ? "" : "s") : "a scalar " + kind;
    }

    /** The data in short: long texts and long lists are elided. */
    String shown() {
        return shown(data);
    }

    private static String shown(@Nullable Object data) {
        if (!(data instanceof List<?> list)) {
            return Elided.text(String.valueOf(data), SHOWN_TEXT, SHOWN_TEXT / 2);
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            if (list.size() <= SHOWN_LIST || i < SHOWN_LIST / 2 || i >= list.size() - SHOWN_LIST / 2) {
                parts.add(shown(list.get(i)));
            } else if (i == SHOWN_LIST / 2) {
                parts.add("...");
            }
        }
        return parts.toString();
    }

    private static @Nullable Object scalar(@Nullable Object data, String where) {
        if (data == null || data instanceof String || data instanceof Long || data instanceof Double) {
            return data;
        }
        if (data instanceof Integer || data instanceof Short || data instanceof Byte) {
            return ((Number) data).longValue();
        }
        if (data instanceof Float real) {
            return real.doubleValue();
        }
        throw new IllegalArgumentException(where
                + " null, text, whole numbers, real numbers, or a list of one of these, but not "
                + data.getClass().getName() + "."
                + (data instanceof Boolean ? " Write true and false as 1 and 0, or as words." : ""));
    }

    private static List<Object> listOf(List<?> list) {
        List<Object> elements = new ArrayList<>(list.size());
        int texts = 0;
        int reals = 0;
        for (Object element : list) {
            Object scalar = scalar(element, "The elements of a variable's list are");
            if (scalar == null) {
                throw new IllegalArgumentException(
                        "A variable's list can't hold null (element " + elements.size() + "). Use \"\" for no text.");
            }
            texts += scalar instanceof String ? 1 : 0;
            reals += scalar instanceof Double ? 1 : 0;
            elements.add(scalar);
        }
        if (texts > 0 && texts < elements.size()) {
            throw new IllegalArgumentException("A variable's list is all text or all numbers, but this one holds "
                    + texts + " texts among " + elements.size() + " elements.");
        }
        if (reals > 0 && reals < elements.size()) {
            elements.replaceAll(number -> ((Number) number).doubleValue());
        }
        return Collections.unmodifiableList(elements);
    }
}
