package io.afnio4j.model.limit;

import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.EmbeddingModelDecorator;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Metered;
import io.afnio4j.model.PaidCalls;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.UsageMeter;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * A client for embeddings that can be relied on, and what can be read of it at any moment from any thread. Made by
 * {@link Resilience}; share it between all who share the key.
 *
 * <p>Any number of texts may be given at once. They are sent in as many requests as the provider wants, and as
 * {@link Limits#tokensPerMinute()} wants, for no request may need more than a whole minute allows. Each request queues,
 * is sent again, and is paid for by itself. Where one fails for good, no further one is sent, those on their way
 * finish, and the first failure in the order of the texts is told.
 *
 * <p>Not final, so that {@code EmbeddingClient} can be one that is made by a path.
 */
public class ResilientEmbeddingModel extends EmbeddingModelDecorator implements Metered, Monitored {

    private final ResilientChatModel chain;
    private final TokenEstimator estimator;
    private final int atOnce;
    private final long mostTokens; // in one request; 0 for no limit

    ResilientEmbeddingModel(EmbeddingModel wire, ResilientChatModel chain, Limits limits) {
        super(wire);
        this.chain = chain;
        this.estimator = limits.tokenEstimator();
        this.atOnce = limits.maxConcurrency();
        this.mostTokens = limits.tokensPerMinute();
    }

    /**
     * The same client under the name of another class.
     *
     * @param made by {@link Resilience}
     */
    protected ResilientEmbeddingModel(ResilientEmbeddingModel made) {
        super(made.model);
        this.chain = made.chain;
        this.estimator = made.estimator;
        this.atOnce = made.atOnce;
        this.mostTokens = made.mostTokens;
    }

    @Override
    public Mono<Embeddings> embed(List<String> texts) {
        List<List<String>> whole = model.requests(texts); // here, for what can't be sent is refused at the call
        return Mono.defer(() -> PaidCalls.together(
                        fitting(whole).stream()
                                .map(request -> EmbeddingCalls.through(chain, request))
                                .toList(),
                        atOnce))
                .map(parts -> Embeddings.joined(parts, name()));
    }

    @Override
    public List<List<String>> requests(List<String> texts) {
        return fitting(model.requests(texts));
    }

    @Override
    public int requestsAtOnce() {
        return atOnce;
    }

    private List<List<String>> fitting(List<List<String>> whole) {
        return whole.stream().flatMap(request -> divided(request).stream()).toList();
    }

    private List<List<String>> divided(List<String> texts) {
        if (mostTokens == 0
                || texts.size() == 1
                || estimator.promptTokens(EmbeddingCalls.request(texts)) <= mostTokens) {
            return List.of(texts);
        }
        int half = texts.size() / 2;
        List<List<String>> both = new ArrayList<>(divided(texts.subList(0, half)));
        both.addAll(divided(texts.subList(half, texts.size())));
        return both;
    }

    @Override
    public UsageMeter usage() {
        return chain.usage();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Where the queue is shared with a client for chats, those in the queue and in flight are of both.
     */
    @Override
    public ClientLoad load() {
        return chain.load();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + name() + "]";
    }
}
