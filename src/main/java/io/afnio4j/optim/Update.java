package io.afnio4j.optim;

import io.afnio4j.autodiff.Variable;

/**
 * One parameter's new value.
 *
 * @param parameter the parameter
 * @param before its text until now
 * @param after its text from now on
 */
public record Update(Variable parameter, String before, String after) {

    /**
     * Whether the new value is another one.
     *
     * @return false where the text stayed as it was
     */
    public boolean changes() {
        return !before.equals(after);
    }

    /** Brings the old value back. */
    public void revert() {
        parameter.data(before);
    }
}
