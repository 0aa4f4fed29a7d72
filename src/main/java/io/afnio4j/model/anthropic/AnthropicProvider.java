package io.afnio4j.model.anthropic;

import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ClientOptions;
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

/**
 * Makes clients for Anthropic's models: {@code anthropic/claude-sonnet-4-5}. The key comes from
 * {@link ClientOptions#apiKey()} or else from {@code ANTHROPIC_API_KEY}. Options have the chat protocol's names and are
 * translated; one that has no translation is sent under its own name, so that Anthropic's own options
 * ({@code thinking}, {@code top_k}) work too. Anthropic wants a limit on each answer: where the request has no
 * {@code max_completion_tokens}, it is 8,192 tokens, thoughts included.
 */
public final class AnthropicProvider extends HttpProvider {

    private static final ProviderFacts FACTS = new ProviderFacts(
            "anthropic", "Anthropic", URI.create("https://api.anthropic.com/v1"), new KeyHeader("x-api-key", null));

    private static final String VERSION = "2023-06-01";

    /** For {@link java.util.ServiceLoader}. */
    public AnthropicProvider() {
        this(() -> ApiKey.fromEnvironment(FACTS.name()));
    }

    AnthropicProvider(Supplier<@Nullable ApiKey> environment) {
        super(FACTS, environment);
    }

    @Override
    protected ChatProtocol protocol(String model, ClientOptions options, Answers answers) {
        return new AnthropicProtocol(new MessagesJson(model, options.bodyFields()), answers);
    }

    @Override
    protected Map<String, String> headers(ClientOptions options) {
        return Map.of("anthropic-version", VERSION);
    }

    @Override
    protected Mono<List<String>> list(JsonHttp http) {
        return http.pages(
                        "models?limit=1000",
                        "after_id",
                        page -> page.path("has_more").asBoolean(false)
                                ? page.path("last_id").asString("")
                                : "")
                .concatMapIterable(page -> page.path("data"))
                .map(model -> model.path("id").asString(""))
                .collectList();
    }
}
