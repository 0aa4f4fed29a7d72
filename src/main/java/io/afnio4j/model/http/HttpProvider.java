package io.afnio4j.model.http;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.KeyHeader;
import io.afnio4j.model.ModelProvider;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A provider that speaks JSON over HTTP. A subclass says where it lives ({@link ProviderFacts}) and what its words mean
 * ({@link ChatProtocol}); keys, TLS, pools, streams and errors are dealt with here.
 *
 * <p>The key comes from {@link ClientOptions#apiKey()} or else from the environment. The provider's own host needs one;
 * other servers that speak its protocol may not, so for them no key means a request without one.
 */
public abstract class HttpProvider implements ModelProvider {

    private final ProviderFacts facts;
    private final Supplier<@Nullable ApiKey> environment;

    /**
     * Makes a provider.
     *
     * @param facts what is known of it
     * @param environment looks for its key where the options have none
     */
    protected HttpProvider(ProviderFacts facts, Supplier<@Nullable ApiKey> environment) {
        this.facts = facts;
        this.environment = environment;
    }

    /**
     * Says how requests and answers look.
     *
     * @param model the model's name at the provider
     * @param options how to reach the provider
     * @param answers what judges the answers
     * @return the protocol
     */
    protected abstract ChatProtocol protocol(String model, ClientOptions options, Answers answers);

    /**
     * Reads the list of the provider's models.
     *
     * @param http the connection, closed afterwards by the caller
     * @return the models' names
     */
    protected abstract Mono<List<String>> list(JsonHttp http);

    /**
     * Headers that each request has unless the caller's own replace them.
     *
     * @param options how to reach the provider
     * @return the headers by name
     */
    protected Map<String, String> headers(ClientOptions options) {
        return Map.of();
    }

    @Override
    public final String name() {
        return facts.name();
    }

    @Override
    public final ChatModel create(String model, ClientOptions options) {
        JsonHttp http = open(named(model), options);
        return new HttpChatModel(http, protocol(model, options, http.answers()));
    }

    @Override
    public final Mono<List<String>> models(ClientOptions options) {
        open("", options).close(); // what can't work is refused at the call
        return Mono.using(() -> open("", options), this::list, JsonHttp::close);
    }

    /**
     * Opens a connection of its own for one model.
     *
     * @param model the model's name at the provider, "" where it isn't about one
     * @param options how to reach the provider
     * @return the connection; who opens it closes it
     */
    protected final JsonHttp open(String model, ClientOptions options) {
        URI base = options.baseUrl() == null ? facts.base() : options.baseUrl();
        ApiKey key = options.apiKey() == null ? environment.get() : options.apiKey();
        if (key == null && facts.base().getHost().equalsIgnoreCase(base.getHost()) && !authorizes(options)) {
            throw new AuthenticationException(facts.title() + " needs a key: set the environment variable "
                    + facts.keyVariable() + ", or give it with ClientOptions.builder().apiKey(...).");
        }
        ClientOptions.Builder complete = options.toBuilder().baseUrl(base.toString());
        ClientOptions known = (key == null ? complete : complete.apiKey(key.reveal())).build();
        return new JsonHttp(facts, model, known, headers(options), Clock.systemUTC());
    }

    /**
     * Refuses a model without a name.
     *
     * @param model the model's name at the provider
     * @return the same name
     */
    protected static String named(String model) {
        if (model.isBlank()) {
            throw new IllegalArgumentException("A model needs a name, such as gpt-4o.");
        }
        return model;
    }

    private boolean authorizes(ClientOptions options) {
        KeyHeader own = options.connection().keyHeader();
        return options.connection().headers().keySet().stream()
                .anyMatch(name -> name.equalsIgnoreCase("authorization")
                        || name.equalsIgnoreCase(facts.keyHeader().name())
                        || (own != null && name.equalsIgnoreCase(own.name())));
    }
}
