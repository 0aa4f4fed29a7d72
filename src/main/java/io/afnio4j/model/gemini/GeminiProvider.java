package io.afnio4j.model.gemini;

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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Makes clients for Google's models: {@code gemini/gemini-2.5-flash}. The key comes from {@link ClientOptions#apiKey()}
 * or else from {@code GEMINI_API_KEY} or {@code GOOGLE_API_KEY}; it travels in a header and never in the URL. Options
 * have the chat protocol's names and are translated; one that has no translation is sent under its own name, so that
 * Gemini's own options ({@code safetySettings}, {@code generationConfig}) work too.
 */
public final class GeminiProvider extends HttpProvider {

    private static final ProviderFacts FACTS = new ProviderFacts(
            "gemini",
            "Gemini",
            URI.create("https://generativelanguage.googleapis.com/v1beta"),
            new KeyHeader("x-goog-api-key", null));

    /** For {@link java.util.ServiceLoader}. */
    public GeminiProvider() {
        this(() -> {
            ApiKey own = ApiKey.fromEnvironment(FACTS.name());
            return own == null ? ApiKey.fromEnvironment("google") : own;
        });
    }

    GeminiProvider(Supplier<@Nullable ApiKey> environment) {
        super(FACTS, environment);
    }

    @Override
    protected ChatProtocol protocol(String model, ClientOptions options, Answers answers) {
        return new GeminiProtocol(model, new GenerateJson(model, options.bodyFields()), answers);
    }

    @Override
    protected Mono<List<String>> list(JsonHttp http) {
        return http.pages(
                        "models?pageSize=1000",
                        "pageToken",
                        page -> page.path("nextPageToken").asString(""))
                .concatMapIterable(page -> page.path("models"))
                .map(model -> GeminiProtocol.bare(model.path("name").asString("")))
                .collectList();
    }
}
