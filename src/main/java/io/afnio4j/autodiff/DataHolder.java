package io.afnio4j.autodiff;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The part of a {@link Variable} that holds data and role. */
abstract class DataHolder {

    volatile Value value;

    DataHolder(Value value) {
        this.value = value;
    }

    /**
     * Data and role of one moment.
     *
     * @return the value, immutable
     */
    public final Value value() {
        return value;
    }

    /**
     * The data: null, {@code String}, {@code Long}, {@code Double}, or an immutable list of one of these.
     *
     * @return the data
     */
    public final @Nullable Object data() {
        return value.data();
    }

    /**
     * The data of a scalar as text.
     *
     * @return the text; numbers in decimal, null as the empty text
     * @throws IllegalStateException for a list
     */
    public final String text() {
        Value now = value;
        if (now.isList()) {
            throw new IllegalStateException("The " + now.named() + " is " + now.shape() + "; texts() gives them all.");
        }
        return now.text(0);
    }

    /**
     * The data as texts, a scalar as a list of one.
     *
     * @return the texts
     */
    public final List<String> texts() {
        Value now = value;
        return IntStream.range(0, now.size()).mapToObj(now::text).toList();
    }

    /**
     * What the data are for, in words.
     *
     * @return the role
     */
    public final String role() {
        return value.role();
    }

    /**
     * Replaces the role and keeps data and graph.
     *
     * @param role the new role
     */
    public final void role(String role) {
        this.value = new Value(value.data(), role);
    }

    /**
     * How many values the data hold.
     *
     * @return 1 for a scalar
     */
    public final int size() {
        return value.size();
    }

    /**
     * Whether all data are real numbers.
     *
     * @return false for whole numbers, texts and an empty list
     */
    public final boolean isFloatingPoint() {
        return value.isReal();
    }
}
