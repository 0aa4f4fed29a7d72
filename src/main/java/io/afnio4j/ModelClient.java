package io.afnio4j;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Metered;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.ClientLoad;
import io.afnio4j.model.limit.Monitored;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilientChatModel;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A model that can be relied on: a provider's client with a queue, limits, retries and a budget around it, and a meter that counts what it uses.
 * Immutable and safe to share; who made it closes it.
 */
public final class ModelClient extends ChatModelDecorator implements Metered, Monitored {

    private final ResilientChatModel client;

    private ModelClient(ResilientChatModel client) {
        super(client);
        this.client = client;
    }

    /**
     * Makes a client.
     *
     * @param path which model: {@code provider/model}, for example {@code openai/gpt-4o}
     * @param options how to reach it and how hard it may be worked
     * @return the client
     * @throws IllegalArgumentException where the path or the options can't work
     * @throws io.afnio4j.error.AuthenticationException where a key is needed and there is none
     */
    public static ModelClient of(String path, ClientOptions options) {
        ModelPath parsed = ModelPath.parse(path);
        ChatModel wire = parsed.resolve().create(parsed.model(), options);
        return new ModelClient(Resilience.around(wire, options, new UsageMeter()));
    }

    ResilientChatModel resilient() {
        return client;
    }

    @Override
    public UsageMeter usage() {
        return client.usage();
    }

    @Override
    public ClientLoad load() {
        return client.load();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return model.chat(request);
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return model.stream(request);
    }

    @Override
    public String toString() {
        return "ModelClient[" + name() + "]";
    }
}
