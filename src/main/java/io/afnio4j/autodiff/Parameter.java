package io.afnio4j.autodiff;

import org.jspecify.annotations.Nullable;

/**
 * A variable that is meant to be learnt: it requires grad from the start, also where grad mode is off, and modules list
 * it among their parameters.
 */
public final class Parameter extends Variable {

    public Parameter(@Nullable Object data, String role) {
        this(data, role, true);
    }

    public Parameter(@Nullable Object data, String role, boolean requiresGrad) {
        super(data, role, requiresGrad);
    }

    @Override
    public Parameter copy() {
        return copyInto(new Parameter(data(), role(), requiresGrad()));
    }
}
