package io.afnio4j.model;

import reactor.core.publisher.Mono;

/**
 * Keeps answers by the digest of everything that was asked. Who makes a cache owns it and closes it; it may serve any
 * number of clients. Implementations never block and are safe to use from any thread.
 */
public interface AnswerCache extends AutoCloseable {

    /**
     * Looks an answer up.
     *
     * @param key the digest of the request
     * @return the answer, or empty where there is none
     */
    Mono<ChatResponse> get(String key);

    /**
     * Keeps an answer, in place of an earlier one.
     *
     * @param key the digest of the request
     * @param answer a whole answer
     * @return completes when the answer is kept
     */
    Mono<Void> put(String key, ChatResponse answer);

    /**
     * Takes an answer out that turned out to be of no use, so that its question is asked anew. A cache that can't do
     * that goes on serving it.
     *
     * @param key the digest of the request
     * @param useless what was answered; an answer that {@linkplain ChatResponse#saysTheSameAs says something else} has
     *     taken its place, and stays
     * @return completes when the answer is out, or wasn't there
     */
    default Mono<Void> remove(String key, ChatResponse useless) {
        return Mono.empty();
    }

    /** Gives back what the cache holds. Doesn't block: a file is closed a moment later. */
    @Override
    default void close() {}
}
