package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {

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
        ConnectionOptions trusting =
                ConnectionOptions.builder().allowPlaintext(true).build();

        assertThatThrownBy(() -> Endpoint.of(base, ConnectionOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https")
                .hasMessageContaining("allowPlaintext(true)");
        assertThat(Endpoint.of(base, trusting).uri("x").getHost()).isEqualTo(base.getHost());
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
        Endpoint endpoint = Endpoint.of(URI.create(base), ConnectionOptions.defaults());

        assertThat(endpoint.uri("chat/completions")).hasToString(chat);
        assertThat(endpoint.address()).isEqualTo(address);
        assertThat(endpoint.shown("models")).endsWith("/models").doesNotContain("?");
    }

    @Test
    void encodesWhatIsNotAscii() {
        URI base = Objects.requireNonNull(ClientOptions.builder()
                .baseUrl("https://h/größe/v1?name=ü")
                .build()
                .baseUrl());

        assertThat(Endpoint.of(base, ConnectionOptions.defaults()).uri("models"))
                .hasToString("https://h/gr%C3%B6%C3%9Fe/v1/models?name=%C3%BC");
    }

    @Test
    void addsTheCallersParametersEncoded() {
        ConnectionOptions connection = ConnectionOptions.builder()
                .queryParameter("api-version", "2024-10-21")
                .queryParameter("a b", "ü&=")
                .build();

        assertThat(Endpoint.of(URI.create("https://h/v1"), connection).uri("models"))
                .hasToString("https://h/v1/models?api-version=2024-10-21&a%20b=%C3%BC%26%3D");
        assertThat(Endpoint.of(URI.create("https://h?x=1"), connection).uri("m:s?alt=sse"))
                .hasToString("https://h/m:s?alt=sse&x=1&api-version=2024-10-21&a%20b=%C3%BC%26%3D");
    }
}
