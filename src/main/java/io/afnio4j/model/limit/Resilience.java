package io.afnio4j.model.limit;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.Price;
import io.afnio4j.model.Prices;
import io.afnio4j.model.UsageMeter;

/**
 * Makes of a client that sends each request once one that can be relied on. From outside in: budget, retry, admission,
 * meter, wire. So money is reserved once for all attempts of a call; a call that waits before it is repeated holds no place,
 * and each attempt queues anew; the meter sees the exchanges and not the waiting.
 *
 * <pre>{@code
 * ChatModel wire = path.resolve().create(path.model(), options);
 * ChatModel model = Resilience.around(wire, options, new UsageMeter());
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
    public static ChatModel around(ChatModel wire, ClientOptions options, UsageMeter meter) {
        return around(wire, options, meter, RetryListener.NONE);
    }

    /**
     * Lays limits, retries and counting around a client, and tells of each retry.
     *
     * @param wire sends each request once
     * @param options how hard the client may be worked, how often it retries, and what it may spend
     * @param meter where each attempt is counted
     * @param listener hears of each repetition
     * @return a model with queue, pace and budget of its own; share it between all who share the key
     * @throws IllegalArgumentException where the options limit the cost of a model whose price isn't known
     */
    public static ChatModel around(ChatModel wire, ClientOptions options, UsageMeter meter, RetryListener listener) {
        Price own = options.price();
        Price price = own == null ? Prices.of(wire.name()) : own;
        ChatModel metered = new MeteredChatModel(wire, meter, price);
        ChatModel retrying = new RetryingChatModel(new AdmissionChatModel(metered, options), options, listener);
        Cost limit = options.maxCost();
        return limit == null ? retrying : new BudgetChatModel(retrying, limit, price);
    }
}
