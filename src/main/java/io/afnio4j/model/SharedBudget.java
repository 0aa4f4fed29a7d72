package io.afnio4j.model;

import io.afnio4j.context.Phase;
import io.afnio4j.error.BudgetExceededException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One {@link Budget} for several clients, whatever their models and prices, for chats and for embeddings: all together
 * they use no more than it allows, in total and by phase. Room is reserved before each call and settled after it, as in
 * a client's own budget, which {@linkplain ClientOptions.Builder#budget(Budget) may be kept beside this one}. What it
 * has counted stays counted: a further job takes a further shared budget.
 *
 * <pre>{@code
 * SharedBudget job = SharedBudget.of(Budget.of(Allowance.NONE.dollars("5")));
 * ModelClient agent = ModelClient.of("openai/gpt-4o-mini", ClientOptions.builder().budget(job).build());
 * ModelClient critic = ModelClient.of("openai/gpt-4o", ClientOptions.builder().budget(job).build());
 * }</pre>
 *
 * <p>Safe to use from any thread, and to read at any moment; nobody waits in it.
 */
public final class SharedBudget {

    private final Budget limits;
    private final Account total; // guarded by this, as are the others
    private final Map<Phase, Account> phases = new EnumMap<>(Phase.class);

    private SharedBudget(Budget limits, String name, String where) {
        this.limits = limits;
        this.total = new Account(name, limits.total(), where);
        for (Phase phase : Phase.values()) {
            phases.put(phase, new Account(name + " for " + phase + " calls", limits.of(phase), where));
        }
    }

    /**
     * Opens a budget that clients can draw on: {@link ClientOptions.Builder#budget(SharedBudget)}.
     *
     * @param limits what all clients together may use
     * @return with nothing spent
     */
    public static SharedBudget of(Budget limits) {
        return new SharedBudget(limits, "shared budget", "of the SharedBudget");
    }

    /**
     * Opens a budget for one client alone, as {@link ClientOptions.Builder#budget(Budget)} gives each client one.
     * Refusals call it the client's.
     *
     * @param limits what the client may use
     * @return with nothing spent
     */
    public static SharedBudget forOneClient(Budget limits) {
        return new SharedBudget(limits, "budget", "in ClientOptions");
    }

    public Budget limits() {
        return limits;
    }

    /**
     * What was spent so far, reservations not included.
     *
     * @return by all clients, in all phases
     */
    public synchronized Spending spent() {
        return total.spent();
    }

    /**
     * What was spent so far in one phase, reservations not included.
     *
     * @param phase the phase
     * @return by all clients
     */
    public synchronized Spending spent(Phase phase) {
        return account(phase).spent();
    }

    /**
     * What the calls in flight have reserved.
     *
     * @return of all clients, in all phases
     */
    public synchronized Spending reserved() {
        return total.reserved();
    }

    /**
     * What the calls in flight have reserved in one phase.
     *
     * @param phase the phase
     * @return of all clients
     */
    public synchronized Spending reserved(Phase phase) {
        return account(phase).reserved();
    }

    /**
     * Reserves room. Clients do it for each call by themselves; it is here for what is paid out of the same purse and
     * isn't a client's call.
     *
     * @param payee who is to be called, for messages
     * @param phase what for
     * @param most the most that it may use
     * @return the room, which must be settled or given back
     * @throws BudgetExceededException where it doesn't fit beside what was spent and what is reserved; nothing is
     *     reserved then
     */
    public synchronized Room reserve(String payee, Phase phase, Spending most) {
        List<Account> accounts = List.of(total, account(phase));
        for (Account account : accounts) {
            BudgetExceededException refusal = account.refusal(payee, most);
            if (refusal != null) {
                throw refusal;
            }
        }
        accounts.forEach(account -> account.reserve(most));
        return new Room(accounts, most);
    }

    private Account account(Phase phase) {
        return Objects.requireNonNull(phases.get(phase)); // each has one
    }

    @Override
    public synchronized String toString() {
        return "SharedBudget[" + limits + ", spent=" + spent() + ", reserved=" + reserved() + "]";
    }

    /** Room that is reserved. It is settled or given back once; what is said of it after that is ignored. */
    public final class Room {

        private final List<Account> accounts;
        private final Spending most;
        private boolean over; // guarded by the budget

        private Room(List<Account> accounts, Spending most) {
            this.accounts = accounts;
            this.most = most;
        }

        /**
         * Counts what was used in place of what was reserved.
         *
         * @param real what was used; where it is more than was reserved, that counts
         */
        public void settle(Spending real) {
            synchronized (SharedBudget.this) {
                if (!over) {
                    accounts.forEach(account -> account.spend(real));
                }
                giveBack();
            }
        }

        /** Nothing was used. */
        public void giveBack() {
            synchronized (SharedBudget.this) {
                if (!over) {
                    accounts.forEach(account -> account.release(most));
                }
                over = true;
            }
        }
    }
}
