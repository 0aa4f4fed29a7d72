package io.afnio4j.model.openai;

import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.KeyHeader;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.ChatProtocol;
import io.afnio4j.model.http.HttpProvider;
import io.afnio4j.model.http.JsonHttp;
import io.afnio4j.model.http.ProviderFacts;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Makes clients for OpenAI, and with a base URL for every server that speaks its chat protocol. The key comes from
 * {@link ClientOptions#apiKey()} or else from {@code OPENAI_API_KEY}. OpenAI itself needs one; other servers may not,
 * so for them no key means a request without an {@code Authorization} header.
 *
 * <p>What a server wants to have in its own way is said with options: Azure, for example, with
 * {@link io.afnio4j.model.ConnectionOptions.Builder#keyHeader(String) keyHeader("api-key")},
 * {@link io.afnio4j.model.ConnectionOptions.Builder#queryParameter queryParameter("api-version", ...)} and a base URL
 * that ends with {@code /openai/deployments/<deployment>}.
 */
public final class OpenAiProvider extends HttpProvider {

    private static final ProviderFacts FACTS = new ProviderFacts(
            "openai", "OpenAI", URI.create("https://api.openai.com/v1"), new KeyHeader("Authorization", "Bearer"));

    /** For {@link java.util.ServiceLoader}. */
    public OpenAiProvider() {
        this(() -> ApiKey.fromEnvironment(FACTS.name()));
    }

    OpenAiProvider(Supplier<@Nullable ApiKey> environment) {
        super(FACTS, environment);
    }

    @Override
    protected ChatProtocol protocol(String model, ClientOptions options, Answers answers) {
        return new OpenAiProtocol(new RequestJson(model, options.bodyFields()), answers);
    }

    @Override
    protected Map<String, String> headers(ClientOptions options) {
        return options.organization() == null ? Map.of() : Map.of("OpenAI-Organization", options.organization());
    }

    @Override
    public EmbeddingModel createEmbedding(String model, ClientOptions options) {
        return new OpenAiEmbeddingModel(named(model), open(model, options), options);
    }

    @Override
    protected Mono<List<String>> list(JsonHttp http) {
        return http.get("models").map(answer -> names(answer, http.answers()));
    }

    /** Together has the list bare, and others under another name; a server written in Go has null for an empty one. */
    private static List<String> names(JsonNode answer, Answers judge) {
        JsonNode list = answer.isArray() ? answer : answer.path(answer.has("data") ? "data" : "models");
        if (list.isMissingNode()) {
            throw judge.explained(answer, "lists no models");
        }
        return list.valueStream()
                .map(model -> model.path("id").asString(model.path("name").asString("")))
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
