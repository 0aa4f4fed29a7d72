package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class CacheScopeTest {

    private static String of(UnaryOperator<ClientOptions.Builder> change) {
        return CacheScope.of(change.apply(ClientOptions.builder()).build());
    }

    private static String connected(UnaryOperator<ConnectionOptions.Builder> change) {
        return of(options ->
                options.connection(change.apply(ConnectionOptions.builder()).build()));
    }

    @Test
    void differsWithAllThatAClientAddsToItsRequests() {
        Set<String> scopes = new HashSet<>(List.of(
                of(options -> options),
                of(options -> options.bodyField("reasoning_effort", "low")),
                of(options -> options.bodyField("reasoning_effort", "high")),
                of(options -> options.bodyField("reasoning_effort", null)),
                of(options -> options.organization("one")),
                of(options -> options.header("X-Variant", "a")),
                of(options -> options.header("X-Variant", "b")),
                of(options -> options.header("X-Max-Tokens", "b")),
                of(options -> options.header("x-portkey-config", "b")),
                of(options -> options.header("x-author", "b")),
                connected(options -> options.queryParameter("api-version", "1")),
                of(options -> options.baseUrl("https://here/v1")),
                of(options -> options.baseUrl("https://here/v1?api-version=1")),
                of(options -> options.baseUrl("https://here/v1?api-version=2"))));
        assertThat(scopes).hasSize(14);
        assertThat(of(options -> options.header("x-variant", "a")))
                .isEqualTo(of(options -> options.header("X-Variant", "a")));
    }

    @Test
    void holdsNoSecret() {
        assertThat(List.of(
                        of(options -> options.apiKey("hush-hush")),
                        of(options -> options.header("Authorization", "hush-hush")),
                        of(options -> options.header("X-Gateway-Key", "hush-hush")),
                        of(options -> options.header("X-Access-Token", "hush-hush")),
                        of(options -> options.header("Cookie", "hush-hush")),
                        of(options -> options.bodyField("api_key", "hush-hush")),
                        of(options -> options.bodyField("apiKey", "hush-hush")),
                        connected(options -> options.keyHeader("X-Whoami").header("x-whoami", "hush-hush")),
                        connected(options -> options.queryParameter("sig", "hush-hush"))))
                .containsOnly(of(options -> options));
        assertThat(of(options -> options.baseUrl("https://here/v1?key=hush-hush")))
                .isEqualTo(of(options -> options.baseUrl("https://here/v1")));
    }

    @Test
    void keepsTheAnswersOfClientsApartThatShareACache() {
        ChatRequest question = ChatRequest.of(ChatMessage.user("a"));
        MemoryCache cache = MemoryCache.of(10);
        StepVerifier.create(Flux.just("low", "high", "low").concatMap(effort -> {
                    ClientOptions options = ClientOptions.builder()
                            .cache(cache)
                            .bodyField("reasoning_effort", effort)
                            .build();
                    return Resilience.around(ScriptedChatModel.by(asked -> effort), options, new UsageMeter())
                            .chat(question)
                            .map(ChatResponse::text);
                }))
                .expectNext("low", "high", "low")
                .expectComplete()
                .verify();
    }
}
