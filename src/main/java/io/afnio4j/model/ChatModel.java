package io.afnio4j.model;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A language model that one can talk to. Implementations are immutable, safe to share between threads and subscribers,
 * and never block. Nothing is sent before a subscription, every subscription sends anew, and a cancelled subscription
 * cancels the exchange in flight.
 *
 * <p>Whoever builds a model owns it and closes it when nobody asks it any more; a decorator closes what it decorates.
 */
public interface ChatModel extends AutoCloseable {

    /**
     * The model's path, for example {@code openai/gpt-4o}: what prices are looked up by and what messages name.
     *
     * @return {@code provider/model}
     */
    String name();

    /**
     * How many tokens the model takes, prompt and answer together. A decorator says what the model beneath says.
     *
     * @return tokens; {@link ContextWindow#UNKNOWN} where that isn't known, which is so for all that the
     *     {@link ContextWindow} table doesn't list
     */
    default long contextWindow() {
        return ContextWindow.of(name());
    }

    /**
     * Counts the tokens of requests to this model as they are sent: with all that it adds to them. A decorator says
     * what the model beneath says.
     *
     * @return the estimator; {@link TokenEstimator#rough()} where the model has none of its own
     */
    default TokenEstimator tokenEstimator() {
        return TokenEstimator.rough();
    }

    /**
     * The limit on an answer that the client sends by itself where neither the request nor the client's options have
     * one: budgets reserve that much. A decorator says what the model beneath says.
     *
     * @return tokens, 0 where it sends none
     */
    default long ownAnswerLimit() {
        return 0;
    }

    /**
     * Where the model is, for those who watch. A decorator says what the model beneath says.
     *
     * @return host and port, not looked up; null where that isn't known, or the model is no server
     */
    default @Nullable InetSocketAddress address() {
        return null;
    }

    /**
     * Whom a throttled answer of this model is meant for: models of equal scope are left alone together until the time
     * that it names. A decorator says what the model beneath says.
     *
     * @return the endpoint and its key; null where that isn't known, and the model is left alone by itself
     */
    default @Nullable ThrottleScope throttleScope() {
        return null;
    }

    /**
     * Asks for one whole answer.
     *
     * @param request the conversation so far and how to answer it
     * @return one answer and never none, whole (its finish reason is never {@code LENGTH} or {@code CONTENT_FILTER});
     *     or an {@link io.afnio4j.error.AfnioException} that says what went wrong and whether a retry can help
     */
    Mono<ChatResponse> chat(ChatRequest request);

    /**
     * Asks for an answer piece by piece. Models that cannot stream answer with a single chunk.
     *
     * @param request the conversation so far and how to answer it
     * @return the pieces in order; the usage, where the provider reports it, stands in the last one
     */
    default Flux<ChatChunk> stream(ChatRequest request) {
        return chat(request).map(ChatChunk::of).flux();
    }

    /**
     * Gives back what the model holds, such as its connections. Never blocks; calls in flight may still end. A model
     * that was closed answers further calls with an {@link IllegalStateException}; closing it again does nothing.
     * Models that hold nothing ignore it.
     */
    @Override
    default void close() {}
}
