package io.afnio4j.error;

import org.jspecify.annotations.Nullable;

/** A limit on money, tokens or calls leaves no room for the call. What was paid for before is kept. */
public final class BudgetExceededException extends PermanentException {

    private static final long serialVersionUID = 1L;

    public BudgetExceededException(String message) {
        this(message, null);
    }

    public BudgetExceededException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
