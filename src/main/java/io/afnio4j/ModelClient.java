package io.afnio4j;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilientChatModel;

/**
 * A model that can be relied on: a provider's client with a queue, limits, retries and a budget around it, and a meter
 * that counts what it uses. Immutable and safe to share; who made it closes it.
 */
public final class ModelClient extends ResilientChatModel {

    private ModelClient(ResilientChatModel made) {
        super(made);
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
}
