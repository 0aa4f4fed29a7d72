package io.afnio4j;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilientEmbeddingModel;

/**
 * Turns texts into vectors, and can be relied on as {@link ModelClient} can: with a queue, limits, retries and a
 * budget, and a meter that counts what it uses. Any number of texts may be given at once; each request that they need
 * queues, is sent again, and is paid for by itself. Immutable and safe to share; who made it closes it.
 *
 * <pre>{@code
 * try (EmbeddingClient client = EmbeddingClient.of("openai/text-embedding-3-small", options)) {
 *     List<float[]> vectors = client.embed(texts).block().vectors();
 * }
 * }</pre>
 */
public final class EmbeddingClient extends ResilientEmbeddingModel {

    private EmbeddingClient(ResilientEmbeddingModel made) {
        super(made);
    }

    /**
     * Makes a client with a queue of its own. That is right where a provider limits each model by itself, as OpenAI
     * does.
     *
     * @param path which model: {@code provider/model}, for example {@code openai/text-embedding-3-small}
     * @param options how to reach it and how hard it may be worked; a cache in them isn't used
     * @return the client
     * @throws IllegalArgumentException where the path or the options can't work, or the provider makes no embeddings
     * @throws io.afnio4j.error.AuthenticationException where a key is needed and there is none
     */
    public static EmbeddingClient of(String path, ClientOptions options) {
        return new EmbeddingClient(Resilience.around(wire(path, options), options, new UsageMeter()));
    }

    /**
     * Makes a client that stands in the queue of another. That is right where a server or a key limits chats and
     * embeddings together.
     *
     * @param path which model: {@code provider/model}
     * @param options how to reach it, how often it retries and what it may spend; how many calls may be in flight, and
     *     requests and tokens per minute, are those of the other client
     * @param chats whose queue and pace it shares; each of the two is closed by itself
     * @return the client
     * @throws IllegalArgumentException where the path or the options can't work, or the provider makes no embeddings
     * @throws io.afnio4j.error.AuthenticationException where a key is needed and there is none
     */
    public static EmbeddingClient of(String path, ClientOptions options, ModelClient chats) {
        return new EmbeddingClient(Resilience.beside(chats, wire(path, options), options, new UsageMeter()));
    }

    private static EmbeddingModel wire(String path, ClientOptions options) {
        ModelPath parsed = ModelPath.parse(path);
        return parsed.resolve().createEmbedding(parsed.model(), options);
    }
}
