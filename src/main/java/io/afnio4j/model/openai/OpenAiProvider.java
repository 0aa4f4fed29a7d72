package io.afnio4j.model.openai;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.ModelProvider;
import java.net.URI;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes clients for OpenAI, and with a base URL for every server that speaks its chat protocol. The key comes from
 * {@link ClientOptions#apiKey()} or else from {@code OPENAI_API_KEY}. OpenAI itself needs one; other servers may not,
 * so for them no key means a request without an {@code Authorization} header.
 */
public final class OpenAiProvider implements ModelProvider {

    static final String NAME = "openai";

    private static final URI OPENAI = URI.create("https://api.openai.com/v1");

    private final Supplier<@Nullable ApiKey> environment;

    /** For {@link java.util.ServiceLoader}. */
    public OpenAiProvider() {
        this(() -> ApiKey.fromEnvironment(NAME));
    }

    OpenAiProvider(Supplier<@Nullable ApiKey> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ChatModel create(String model, ClientOptions options) {
        if (model.isBlank()) {
            throw new IllegalArgumentException("A model needs a name, such as gpt-4o.");
        }
        URI base = options.baseUrl() == null ? OPENAI : options.baseUrl();
        ApiKey key = options.apiKey() == null ? environment.get() : options.apiKey();
        if (key == null && OPENAI.getHost().equalsIgnoreCase(base.getHost()) && !authorizes(options)) {
            throw new AuthenticationException("OpenAI needs a key: set the environment variable "
                    + ApiKey.variableFor(NAME) + ", or give it with ClientOptions.builder().apiKey(...).");
        }
        Endpoint endpoint = Endpoint.of(base, options.allowPlaintext());
        ClientOptions complete =
                key == null ? options : options.toBuilder().apiKey(key.reveal()).build();
        return new OpenAiChatModel(new ModelPath(NAME, model), endpoint, complete, Clock.systemUTC());
    }

    private static boolean authorizes(ClientOptions options) {
        return options.headers().keySet().stream().anyMatch("authorization"::equalsIgnoreCase);
    }
}
