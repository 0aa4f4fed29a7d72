package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import io.afnio4j.model.Price;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Uses no more than a {@link Budget} allows. Before a call the most that it may use is reserved: its prompt by a {@link TokenEstimator}, and for each answer
 * {@code max_completion_tokens} (1,000 where nothing limits it), tokens of answers at the dearer of the prices of words and of thoughts. A call whose
 * reservation doesn't fit beside what was spent and what the calls in flight have reserved fails with
 * {@link BudgetExceededException} and isn't sent. After each exchange the real usage takes the place of the reservation; a further attempt, or a second request
 * at the same time, needs room of its own.
 *
 * <p>What a provider refuses costs nothing. What may have been charged for is never free: the meter beneath ({@link io.afnio4j.model.MeteredChatModel}) says what
 * each exchange used, and assumes the most for an answer that was lost or not waited for. What is only assumed is no promise: {@link Budget} says by how much
 * a limit may be passed.
 */
final class BudgetChatModel extends ChatModelDecorator {

    private final Price price;
    private final TokenEstimator estimator;
    private final Account total; // guarded by this
    private final Map<Phase, Account> phases = new EnumMap<>(Phase.class); // guarded by this

    /**
     * Limits what a model may use.
     *
     * @param model what to call; a meter must be beneath it
     * @param budget the limits
     * @param price what the model charges, null where that isn't known
     * @param estimator for prompts
     * @throws IllegalArgumentException where the price isn't known and a cost is limited
     */
    BudgetChatModel(ChatModel model, Budget budget, @Nullable Price price, TokenEstimator estimator) {
        super(model);
        boolean priced = Stream.concat(Stream.of(budget.total()), budget.phases().values().stream())
                .anyMatch(limit -> limit.cost() != null);
        if (price == null && priced) {
            throw new IllegalArgumentException("The price of " + model.name()
                    + " isn't known, so a limit on its cost can't be kept. Give it with ClientOptions.price.");
        }
        this.price = price == null ? Price.FREE : price;
        this.estimator = estimator;
        this.total = new Account("budget", budget.total());
        for (Phase phase : Phase.values()) {
            Allowance limit = budget.of(phase);
            phases.put(phase, new Account("budget for " + phase + " calls", limit));
        }
    }

    /** What was spent so far in all phases, reservations not included. */
    synchronized Spending spent() {
        return total.spent();
    }

    /** What the calls in flight have reserved in all phases. */
    synchronized Spending reserved() {
        return total.reserved();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(context -> {
            Reservation<ChatResponse> reservation = new Reservation<>(request, Phase.of(context));
            return Mono.defer(() -> model.chat(request))
                    .contextWrite(reservation::in)
                    .tap(() -> reservation);
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.deferContextual(context -> {
            Reservation<ChatChunk> reservation = new Reservation<>(request, Phase.of(context));
            return Flux.defer(() -> model.stream(request))
                    .contextWrite(reservation::in)
                    .tap(() -> reservation);
        });
    }

    private Spending most(Usage usage) {
        return new Spending(price.atMost(usage), usage.totalTokens(), 1);
    }

    /** Room for one call: kept while it waits, handed to the exchange that starts, and got back where that cost nothing. */
    private final class Reservation<T> extends DefaultSignalListener<T> implements ExchangeListener {

        private final Spending amount;
        private final List<Account> accounts;
        private boolean spare; // guarded by the budget, as is the next one
        private boolean over;

        private Reservation(ChatRequest request, Phase phase) {
            this.amount = most(estimator.atMost(request));
            synchronized (BudgetChatModel.this) {
                Account own = phases.get(phase);
                this.accounts = own == null ? List.of(total) : List.of(total, own);
                reserve();
                spare = true;
            }
        }

        private void reserve() {
            for (Account account : accounts) {
                BudgetExceededException refusal = account.refusal(name(), amount);
                if (refusal != null) {
                    throw refusal;
                }
            }
            accounts.forEach(account -> account.reserve(amount));
        }

        @Override
        public void onStart() {
            synchronized (BudgetChatModel.this) {
                if (spare) {
                    spare = false;
                } else {
                    reserve();
                }
            }
        }

        @Override
        public void onEnd(Exchange exchange) {
            synchronized (BudgetChatModel.this) {
                boolean free = exchange.usage().equals(Usage.NONE);
                if (free) {
                    takeBack();
                } else {
                    Spending real = new Spending(
                            exchange.cost() == null ? Cost.ZERO : exchange.cost(),
                            exchange.usage().totalTokens(),
                            1);
                    accounts.forEach(account -> account.spend(real));
                    accounts.forEach(account -> account.release(amount));
                }
            }
        }

        @Override
        public void onRefusal() {
            synchronized (BudgetChatModel.this) {
                takeBack();
            }
        }

        /** What cost nothing leaves its room to the call's next attempt. */
        private void takeBack() {
            if (over || spare) {
                accounts.forEach(account -> account.release(amount));
            } else {
                spare = true;
            }
        }

        @Override
        public void doOnComplete() {
            release();
        }

        @Override
        public void doOnError(Throwable failure) {
            release();
        }

        @Override
        public void doOnCancel() {
            release();
        }

        /** The call is over; an exchange that goes on for a moment settles its own part. */
        private void release() {
            synchronized (BudgetChatModel.this) {
                if (spare && !over) {
                    accounts.forEach(account -> account.release(amount));
                    spare = false;
                }
                over = true;
            }
        }
    }
}
