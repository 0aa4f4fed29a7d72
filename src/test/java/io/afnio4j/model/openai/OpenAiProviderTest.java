package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        LoopbackServer server = serve(Answer.saying("yes"));
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
        LoopbackServer server = serve(Answer.saying("yes"));

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/v1",
                "http://10.0.0.1/v1",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com",
                "http://[2001:db8::1]/v1",
                "http://0.0.0.0:8000"
            })
    void refusesToTalkInTheClearBeyondThisMachine(String url) {
        URI base = URI.create(url);

        assertThatThrownBy(() -> Endpoint.of(base, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https")
                .hasMessageContaining("allowPlaintext(true)");
        assertThat(Endpoint.of(base, true).chat().getHost()).isEqualTo(base.getHost());
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1, https://api.openai.com/v1/chat/completions, api.openai.com:443",
        "https://api.openai.com/v1/, https://api.openai.com/v1/chat/completions, api.openai.com:443",
        "https://h, https://h/chat/completions, h:443",
        "http://localhost:11434/v1//, http://localhost:11434/v1/chat/completions, localhost:11434",
        "http://127.8.8.8/a%20b/v1, http://127.8.8.8/a%20b/v1/chat/completions, 127.8.8.8:80",
        "http://[::1]:8080, http://[::1]:8080/chat/completions, [::1]:8080",
        "https://h/d/?api-version=1&x=%2F, https://h/d/chat/completions?api-version=1&x=%2F, h:443",
    })
    void putsThePathBehindTheBaseUrlAndBeforeItsQuery(String base, String chat, String address) {
        Endpoint endpoint = Endpoint.of(URI.create(base), false);

        assertThat(endpoint.chat()).hasToString(chat);
        assertThat(endpoint.address()).isEqualTo(address);
        assertThat(endpoint.models()).endsWith("/models").doesNotContain("?");
    }

    @Test
    void sendsPathPrefixAndQueryAsTheyWereGiven() {
        LoopbackServer server = serve(Answer.saying("yes"));

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
