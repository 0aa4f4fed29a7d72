package io.afnio4j.model;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Makes clients of one provider. Found through {@link java.util.ServiceLoader}: a jar that brings a provider of its own
 * registers it in {@code META-INF/services/io.afnio4j.model.ModelProvider}. Providers that speak JSON over HTTP find
 * most of the work done in {@code io.afnio4j.model.http.HttpProvider}.
 */
public interface ModelProvider {

    /**
     * The part of a model path before the slash.
     *
     * @return for example {@code openai}
     */
    String name();

    /**
     * Makes a client. The client sends each request once: waiting, limits and retries are laid around it by others.
     *
     * @param model the part of the path after the first slash, for example {@code gpt-4o}
     * @param options how to reach the provider
     * @return a client; its {@link ChatModel#name()} is the whole path
     * @throws IllegalArgumentException where the options can't work
     * @throws io.afnio4j.error.AuthenticationException where a key is needed and neither options nor environment give
     *     one
     */
    ChatModel create(String model, ClientOptions options);

    /**
     * Makes a client for embeddings, which sends each request once.
     *
     * @param model the part of the path after the first slash
     * @param options how to reach the provider
     * @return a client
     * @throws IllegalArgumentException where the options can't work, or the provider has no embeddings
     */
    default EmbeddingModel createEmbedding(String model, ClientOptions options) {
        throw new IllegalArgumentException("The provider '" + name() + "' makes no embeddings.");
    }

    /**
     * Asks which models the provider has at this moment, for this key.
     *
     * @param options how to reach the provider
     * @return their names, as {@link #create} takes them, in the provider's order
     * @throws IllegalArgumentException where the options can't work, or the provider has no list
     */
    default Mono<List<String>> models(ClientOptions options) {
        throw new IllegalArgumentException("The provider '" + name() + "' has no list of its models.");
    }
}
