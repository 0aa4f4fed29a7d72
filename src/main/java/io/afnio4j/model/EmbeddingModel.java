package io.afnio4j.model;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A model that turns texts into vectors. Implementations are immutable, safe to share, and never block. Nothing is sent
 * before a subscription, and a cancelled subscription cancels the exchanges in flight.
 *
 * <p>What a provider makes sends each request once. {@code EmbeddingClient} adds what a large batch needs: queue,
 * limits, retries, budget, meter.
 *
 * <p>Whoever builds a model owns it and closes it when nobody asks it any more.
 */
public interface EmbeddingModel extends AutoCloseable {

    /**
     * The model's path, for example {@code openai/text-embedding-3-small}.
     *
     * @return {@code provider/model}
     */
    String name();

    /**
     * Where the model is, for those who watch.
     *
     * @return host and port, not looked up; null where that isn't known, or the model is no server
     */
    default @Nullable InetSocketAddress address() {
        return null;
    }

    /**
     * Whom a throttled answer of this model is meant for: models of equal scope, also those for chats, are left alone
     * together until the time that it names.
     *
     * @return the endpoint and its key; null where that isn't known, and the model is left alone by itself
     */
    default @Nullable ThrottleScope throttleScope() {
        return null;
    }

    /**
     * Embeds texts, any number of them: what the provider doesn't take in one request is sent in several.
     *
     * @param texts the texts; none may be empty
     * @return a vector for each text, in the order of the texts; or an {@link io.afnio4j.error.AfnioException} where
     *     one of the requests failed
     */
    Mono<Embeddings> embed(List<String> texts);

    /**
     * Divides texts into as many as the provider takes in one request, so that each request can queue, be counted and
     * be sent again by itself.
     *
     * @param texts the texts, any number of them
     * @return what {@link #embed} sends in one request each, in the order of the texts; all in one, unless overridden
     * @throws IllegalArgumentException where the provider is known to refuse one of the texts
     */
    default List<List<String>> requests(List<String> texts) {
        return texts.isEmpty() ? List.of() : List.of(List.copyOf(texts));
    }

    /**
     * How many of its {@link #requests} {@link #embed} sends at the same time. Whoever divides texts and embeds each
     * part by itself should keep to it as well.
     *
     * @return at least 1; 1 unless overridden
     */
    default int requestsAtOnce() {
        return 1;
    }

    /** Gives back what the model holds, such as its connections. Never blocks; closing it again does nothing. */
    @Override
    default void close() {}
}
