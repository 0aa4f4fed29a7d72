package io.afnio4j.model.limit;

import io.afnio4j.model.AnswerCache;
import io.afnio4j.model.Breaker;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Limits;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.Price;
import io.afnio4j.model.Prices;
import io.afnio4j.model.SharedBudget;
import io.afnio4j.model.UsageMeter;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Makes of a client that sends each request once one that can be relied on. From outside in: cache, budget, timeout of
 * the call, retry, hedging, admission, circuit breaker, timeout of the attempt, meter, wire. A budget that the options
 * share with other clients lies beneath the client's own. So a kept answer costs nothing; room is reserved once for all
 * attempts of a call; a call that waits before it is repeated holds no place, and each attempt queues anew; a time
 * limit on an attempt doesn't run while it queues; the meter sees the exchanges and not the waiting. What the options
 * don't ask for isn't there.
 *
 * <pre>{@code
 * ChatModel wire = path.resolve().create(path.model(), options);
 * ResilientChatModel model = Resilience.around(wire, options, new UsageMeter());
 * }</pre>
 */
public final class Resilience {

    private Resilience() {}

    /**
     * Lays limits, retries and counting around a client.
     *
     * @param wire sends each request once
     * @param options how hard the client may be worked, how often it retries, and what it may spend
     * @param meter where each attempt is counted
     * @return a model with queue, pace and budget of its own; share it between all who share the key
     * @throws IllegalArgumentException where the options limit the cost of a model whose price isn't known
     */
    public static ResilientChatModel around(ChatModel wire, ClientOptions options, UsageMeter meter) {
        return around(wire, options, meter, ResilienceListener.NONE, Schedulers.parallel());
    }

    /**
     * Lays limits, retries and counting around a client, with timers of one's own, and tells what happens.
     *
     * @param wire sends each request once
     * @param options how hard the client may be worked, how often it retries, and what it may spend
     * @param meter where each attempt is counted
     * @param listener hears of each repetition and of the circuit breaker
     * @param timers measures time and runs what has to wait for it; virtual time works
     * @return a model with queue, pace and budget of its own; share it between all who share the key
     * @throws IllegalArgumentException where the options limit the cost of a model whose price isn't known
     */
    public static ResilientChatModel around(
            ChatModel wire, ClientOptions options, UsageMeter meter, ResilienceListener listener, Scheduler timers) {
        Limits limits = options.limits().toBuilder()
                .tokenEstimator(AsSent.estimator(wire, options))
                .build();
        return new Chain(limits, new Incidents(listener), timers, null).around(wire, options, meter, options.cache());
    }

    /**
     * Lays limits, retries and counting around a client for embeddings, the same as around one for chats. What its
     * texts cost and how many tokens they are is estimated as if they were messages. Answers aren't kept in the
     * options' cache.
     *
     * @param wire sends each request once
     * @param options how hard the client may be worked, how often it retries, and what it may spend
     * @param meter where each attempt is counted
     * @return a model with queue, pace and budget of its own; share it between all who share the key
     * @throws IllegalArgumentException where the options limit the cost of a model whose price isn't known
     */
    public static ResilientEmbeddingModel around(EmbeddingModel wire, ClientOptions options, UsageMeter meter) {
        return around(wire, options, meter, ResilienceListener.NONE, Schedulers.parallel());
    }

    /**
     * Lays limits, retries and counting around a client for embeddings, with timers of one's own, and tells what
     * happens.
     *
     * @param wire sends each request once
     * @param options how hard the client may be worked, how often it retries, and what it may spend
     * @param meter where each attempt is counted
     * @param listener hears of each repetition and of the circuit breaker
     * @param timers measures time and runs what has to wait for it; virtual time works
     * @return a model with queue, pace and budget of its own; share it between all who share the key
     * @throws IllegalArgumentException where the options limit the cost of a model whose price isn't known
     */
    public static ResilientEmbeddingModel around(
            EmbeddingModel wire,
            ClientOptions options,
            UsageMeter meter,
            ResilienceListener listener,
            Scheduler timers) {
        return embedding(wire, options, meter, new Chain(options.limits(), new Incidents(listener), timers, null));
    }

    /**
     * Lays retries, budget and counting around a client for embeddings, and puts it behind the queue of one for chats:
     * for servers that limit both together.
     *
     * @param wire sends each request once
     * @param options how often it retries, and what it may spend; how many calls may be in flight, and requests and
     *     tokens per minute, are those of the other
     * @param meter where each attempt is counted
     * @param chats whose queue and pace are shared
     * @return a model with a budget and a circuit breaker of its own
     * @throws IllegalArgumentException where the options limit the cost of a model whose price isn't known
     */
    public static ResilientEmbeddingModel beside(
            ResilientChatModel chats, EmbeddingModel wire, ClientOptions options, UsageMeter meter) {
        Limits limits = options.limits().toBuilder()
                .maxConcurrency(chats.limits().maxConcurrency())
                .tokensPerMinute(chats.limits().tokensPerMinute())
                .build();
        Incidents incidents = new Incidents(ResilienceListener.NONE);
        return embedding(wire, options, meter, new Chain(limits, incidents, Schedulers.parallel(), chats.queue()));
    }

    private static ResilientEmbeddingModel embedding(
            EmbeddingModel wire, ClientOptions options, UsageMeter meter, Chain chain) {
        ResilientChatModel calls = chain.around(new EmbeddingCalls(wire), options, meter, null);
        return new ResilientEmbeddingModel(wire, calls, chain.limits);
    }

    private record Chain(
            Limits limits,
            Incidents listener,
            Scheduler timers,
            @Nullable AdmissionChatModel shared) {

        private ResilientChatModel around(
                ChatModel wire, ClientOptions options, UsageMeter meter, @Nullable AnswerCache answers) {
            Price own = options.price();
            Price price = own == null ? Prices.of(wire.name()) : own;
            MeteredChatModel metered = new MeteredChatModel(wire, meter, price, limits.tokenEstimator());
            ChatModel attempt = limits.attemptTimeout() == null
                    ? metered
                    : new TimeoutChatModel(metered, limits.attemptTimeout(), "An attempt", timers);
            BreakerChatModel breaker = breaker(attempt);
            ChatModel guarded = breaker == null ? attempt : breaker;
            Hedging hedging = new Hedging(listener, timers);
            AdmissionChatModel admission = admission(limits.hedging() ? hedging.behind(guarded) : guarded);
            ChatModel queue = limits.hedging() ? hedging.around(admission) : admission;
            ChatModel call = withTimeout(retrying(queue));
            BudgetChatModel budget = budget(call, options, price);
            ChatModel paid = budget == null ? call : budget;
            CachingChatModel cache = answers == null ? null : cache(paid, answers, options);
            return new ResilientChatModel(
                    cache == null ? paid : cache,
                    meter,
                    new Instruments(admission, breaker, budget, cache, listener),
                    limits);
        }

        private AdmissionChatModel admission(ChatModel guarded) {
            return shared == null ? new AdmissionChatModel(guarded, limits, timers) : shared.before(guarded);
        }

        private @Nullable BreakerChatModel breaker(ChatModel attempt) {
            Breaker policy = limits.breaker();
            return policy == null ? null : new BreakerChatModel(attempt, policy, listener, timers);
        }

        private ChatModel retrying(ChatModel queue) {
            return new RetryingChatModel(
                    queue,
                    new RetryPolicy(
                            limits,
                            listener,
                            timers,
                            () -> ThreadLocalRandom.current().nextDouble()));
        }

        private ChatModel withTimeout(ChatModel retrying) {
            return limits.callTimeout() == null
                    ? retrying
                    : new TimeoutChatModel(retrying, limits.callTimeout(), "The call", timers);
        }

        /**
         * The client's own one is there also where nothing but a shared one has limits: it says what this client used.
         */
        private @Nullable BudgetChatModel budget(ChatModel call, ClientOptions options, @Nullable Price price) {
            SharedBudget shared = options.sharedBudget();
            if (shared == null && options.budget().equals(Budget.NONE)) {
                return null;
            }
            ChatModel within =
                    shared == null ? call : new BudgetChatModel(call, shared, price, limits.tokenEstimator());
            return new BudgetChatModel(within, options.budget(), price, limits.tokenEstimator());
        }

        private static CachingChatModel cache(ChatModel call, AnswerCache answers, ClientOptions options) {
            return new CachingChatModel(call, answers, CacheScope.of(options));
        }
    }
}
