package io.afnio4j.model;

import io.afnio4j.error.BudgetExceededException;
import org.jspecify.annotations.Nullable;

/** One of a budget's limits, and what of it is used. Not thread-safe: its owner asks under a lock. */
final class Account {

    /** What makes a call smaller; where calls are counted, nothing does. */
    private static final String SHORTER = ", or lower max_completion_tokens";

    private final String name;
    private final Allowance limit;
    private final String where;
    private Spending spent = Spending.NONE;
    private Spending reserved = Spending.NONE;

    /**
     * Opens an account.
     *
     * @param name what it is for, in messages: "budget", "budget for JUDGE calls"
     * @param limit the most that may be used
     * @param where the limit is raised, in messages: "in ClientOptions"
     */
    Account(String name, Allowance limit, String where) {
        this.name = name;
        this.limit = limit;
        this.where = where;
    }

    /**
     * Whether there is room for one more call.
     *
     * @param model who is to be called
     * @param call what the call may use
     * @return null, or why not
     */
    @Nullable BudgetExceededException refusal(String model, Spending call) {
        Spending all = spent.plus(reserved).plus(call);
        if (limit.cost() != null && all.cost().compareTo(limit.cost()) > 0) {
            return refusal(
                    model,
                    limit.cost(),
                    spent.cost(),
                    reserved.cost() + " is reserved for calls in flight, and this one may use " + call.cost(),
                    SHORTER);
        }
        if (limit.tokens() != null && all.tokens() > limit.tokens()) {
            return refusal(
                    model,
                    limit.tokens() + " tokens",
                    spent.tokens(),
                    reserved.tokens() + " are reserved for calls in flight, and this one may use " + call.tokens(),
                    SHORTER);
        }
        if (limit.calls() != null && all.calls() > limit.calls()) {
            return refusal(
                    model,
                    limit.calls() + " calls",
                    spent.calls(),
                    reserved.calls() + " are in flight, and this one may use 1",
                    "");
        }
        return null;
    }

    private BudgetExceededException refusal(String model, Object most, Object used, String rest, String instead) {
        return new BudgetExceededException("The " + name + " of " + most + " has no room for a call to " + model + ": "
                + used + " is spent, " + rest + ". Raise the limit " + where + instead + ".");
    }

    void reserve(Spending call) {
        reserved = reserved.plus(call);
    }

    void release(Spending call) {
        reserved = reserved.minus(call);
    }

    void spend(Spending real) {
        spent = spent.plus(real);
    }

    Spending spent() {
        return spent;
    }

    Spending reserved() {
        return reserved;
    }
}
