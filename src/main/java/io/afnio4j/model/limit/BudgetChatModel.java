package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import io.afnio4j.model.Price;
import io.afnio4j.model.SharedBudget;
import io.afnio4j.model.Spending;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Uses no more than a {@link Budget} allows, its own or a shared one. Before a call the most that it may use is
 * reserved: its prompt by a {@link TokenEstimator}, and for each answer {@code max_completion_tokens} (1,000 where
 * nothing limits it), tokens of answers at the dearer of the prices of words and of thoughts. A call whose reservation
 * doesn't fit beside what was spent and what the calls in flight have reserved fails with
 * {@link BudgetExceededException} and isn't sent. After each exchange the real usage takes the place of the
 * reservation; a further attempt, or a second request at the same time, needs room of its own.
 *
 * <p>What a provider refuses costs nothing. What may have been charged for is never free: the meter beneath
 * ({@link io.afnio4j.model.MeteredChatModel}) says what each exchange used, and assumes the most for an answer that was
 * lost or not waited for. What is only assumed is no promise: {@link Budget} says by how much a limit may be passed.
 */
final class BudgetChatModel extends ChatModelDecorator {

    private final SharedBudget budget;
    private final @Nullable Price price;
    private final TokenEstimator estimator;

    /**
     * Limits what a model may use by itself.
     *
     * @param model what to call; a meter must be beneath it
     * @param budget the limits
     * @param price what the model charges, null where that isn't known
     * @param estimator for prompts
     * @throws IllegalArgumentException where the price isn't known and a cost is limited
     */
    BudgetChatModel(ChatModel model, Budget budget, @Nullable Price price, TokenEstimator estimator) {
        this(model, SharedBudget.forOneClient(budget), price, estimator);
    }

    /**
     * Limits what a model may use together with all others that draw on the same budget.
     *
     * @param model what to call; a meter must be beneath it
     * @param budget what to draw on
     * @param price what the model charges, null where that isn't known
     * @param estimator for prompts
     * @throws IllegalArgumentException where the price isn't known and a cost is limited
     */
    BudgetChatModel(ChatModel model, SharedBudget budget, @Nullable Price price, TokenEstimator estimator) {
        super(model);
        if (price == null && limitsCost(budget.limits())) {
            throw new IllegalArgumentException("The price of " + model.name()
                    + " isn't known, so a limit on its cost can't be kept. Give it with ClientOptions.price.");
        }
        this.budget = budget;
        this.price = price;
        this.estimator = estimator;
    }

    private static boolean limitsCost(Budget limits) {
        return Stream.concat(Stream.of(limits.total()), limits.phases().values().stream())
                .anyMatch(limit -> limit.cost() != null);
    }

    /** What was spent so far in all phases, reservations not included. */
    Spending spent() {
        return budget.spent();
    }

    /** What the calls in flight have reserved in all phases. */
    Spending reserved() {
        return budget.reserved();
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
        return Spending.ofCall(price == null ? null : price.atMost(usage), usage.totalTokens());
    }

    /**
     * Room for one call: kept while it waits, handed to the exchange that starts, and got back where that cost nothing.
     */
    private final class Reservation<T> extends DefaultSignalListener<T> implements ExchangeListener {

        private final Phase phase;
        private final Spending amount;
        private final Deque<SharedBudget.Room> sent = new ArrayDeque<>(); // guarded by this, as are the next two
        private SharedBudget.@Nullable Room spare;
        private boolean over;

        private Reservation(ChatRequest request, Phase phase) {
            this.phase = phase;
            this.amount = most(estimator.atMost(request));
            this.spare = reserve();
        }

        private SharedBudget.Room reserve() {
            return budget.reserve(name(), phase, amount);
        }

        @Override
        public synchronized void onStart() {
            SharedBudget.Room room = spare == null ? reserve() : spare;
            spare = null;
            sent.push(room);
        }

        @Override
        public synchronized void onEnd(Exchange exchange) {
            if (exchange.usage().equals(Usage.NONE)) {
                takeBack();
            } else {
                sent.pop()
                        .settle(Spending.ofCall(
                                exchange.cost(), exchange.usage().totalTokens()));
            }
        }

        @Override
        public synchronized void onRefusal() {
            takeBack();
        }

        /** What cost nothing leaves its room to the call's next attempt. */
        private void takeBack() {
            SharedBudget.Room room = sent.pop();
            if (over || spare != null) {
                room.giveBack();
            } else {
                spare = room;
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
        private synchronized void release() {
            if (spare != null) {
                spare.giveBack();
                spare = null;
            }
            over = true;
        }
    }
}
