package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class OpenAiProviderTest extends OpenAiTestSupport {

    @Test
    void asksForTheKeyOfOpenAiByNameOfTheVariableAndTheOption() {
        for (String url : new String[] {"", "https://api.openai.com/v1/", "https://API.openai.com/v2"}) {
            ClientOptions.Builder options = ClientOptions.builder();
            ClientOptions built = (url.isEmpty() ? options : options.baseUrl(url)).build();

            assertThatThrownBy(() -> create(built))
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessage("OpenAI needs a key: set the environment variable OPENAI_API_KEY, or give it with"
                            + " ClientOptions.builder().apiKey(...).");
        }
    }

    @Test
    void takesTheKeyFromTheEnvironmentUnlessTheOptionsHaveOne() {
        LoopbackServer server = serve(Completions.answer("yes"));
        ClientOptions bare = ClientOptions.builder().baseUrl(server.baseUrl()).build();
        OpenAiProvider provider = new OpenAiProvider(() -> ApiKey.of("sk-environment"));

        try (ChatModel fromEnvironment = provider.create("m", bare);
                ChatModel fromOptions = provider.create(
                        "m", bare.toBuilder().apiKey("sk-options").build())) {
            run(fromEnvironment.chat(HELLO));
            run(fromOptions.chat(HELLO));
        }

        assertThat(server.requests().stream().map(request -> request.header("authorization")))
                .containsExactly("Bearer sk-environment", "Bearer sk-options");
    }

    @Test
    void sendsNoAuthorizationToAServerThatNeedsNoKey() {
        LoopbackServer server = serve(Completions.answer("yes"));

        run(client(ClientOptions.builder().baseUrl(server.baseUrl()).build()).chat(HELLO));

        assertThat(server.onlyRequest().headers().contains("authorization")).isFalse();
    }

    @Test
    void needsNoKeyWhereTheCallersHeadersAuthorize() {
        try (ChatModel model = create(
                ClientOptions.builder().header("AUTHORIZATION", "Basic eA==").build())) {
            assertThat(model.name()).isEqualTo("openai/gpt-4o");
        }
    }

    @Test
    void sendsPathPrefixAndQueryAsTheyWereGiven() {
        LoopbackServer server = serve(Completions.answer("yes"));

        run(client(ClientOptions.builder()
                        .baseUrl("http://" + server.address() + "/a%20b/v1/?api-version=2&x=%2F")
                        .build())
                .chat(HELLO));

        assertThat(server.onlyRequest().uri()).isEqualTo("/a%20b/v1/chat/completions?api-version=2&x=%2F");
        assertThat(server.onlyRequest().header("host")).isEqualTo(server.address());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "transfer-encoding", "Connection"})
    void refusesHeadersThatFrameTheRequest(String name) {
        assertThatThrownBy(() -> create(
                        ClientOptions.builder().apiKey(KEY).header(name, "5").build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }

    @Test
    void refusesHeadersThatCannotBeSentWithoutShowingTheirValue() {
        assertThatThrownBy(() -> create(ClientOptions.builder()
                        .apiKey(KEY)
                        .header("X-Key", "secret-value\r\nX-Evil: 1")
                        .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("X-Key")
                .hasMessageNotContaining("secret-value")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"id\":\"a\"},{\"id\":\"b\"},{}]",
                "{\"object\":\"list\",\"data\":[{\"id\":\"a\"},{\"id\":\"b\",\"name\":\"B\"}],\"models\":[{\"name\":\"c\"}]}",
                "{\"models\":[{\"name\":\"a\",\"endpoints\":[\"chat\"]},{\"name\":\"b\"}],\"next_page_token\":\"\"}",
            })
    void listsModelsInWhicheverFormTheyCome(String body) {
        assertThat(get(models(body))).containsExactly("a", "b");
    }

    @Test
    void saysSoWhereNoModelsAreListed() {
        assertThat(get(models("{\"object\":\"list\",\"data\":null}"))).isEmpty();
        assertThat(failureOf(models("{\"status\":\"ok\"}")))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessage("The answer of openai lists no models.");
        assertThat(failureOf(models("{\"code\":401,\"msg\":\"token expired\"}")))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("token expired");
    }

    private Mono<List<String>> models(String body) {
        return new OpenAiProvider(() -> null)
                .models(ClientOptions.builder()
                        .baseUrl(serve(Answer.ok(body)).baseUrl())
                        .build());
    }

    @Test
    void refusesAModelWithoutAName() {
        assertThatThrownBy(() -> new OpenAiProvider(() -> null)
                        .create(" ", ClientOptions.builder().apiKey(KEY).build()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ChatModel create(ClientOptions options) {
        return new OpenAiProvider(() -> null).create("gpt-4o", options);
    }
}
