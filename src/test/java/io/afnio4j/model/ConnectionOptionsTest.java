package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionOptionsTest {

    @Test
    void isAPartOfTheClientsOptionsAndCanBeSaidThere() {
        ClientOptions options = ClientOptions.builder()
                .connection(ConnectionOptions.builder().http2(true).build())
                .connectTimeout(Duration.ofSeconds(1))
                .responseTimeout(Duration.ofSeconds(2))
                .allowPlaintext(true)
                .header("a", "b")
                .build();

        ConnectionOptions connection = options.connection();
        assertThat(connection.http2()).isTrue();
        assertThat(connection.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(connection.responseTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(connection.allowPlaintext()).isTrue();
        assertThat(connection.headers()).containsEntry("a", "b");
        assertThat(options.toBuilder().build().connection()).isSameAs(connection);
    }

    @Test
    void showsNamesAndNoValues() {
        ClientOptions options = ClientOptions.builder()
                .apiKey("sk-secret")
                .bodyField("user", "secret")
                .connection(ConnectionOptions.builder()
                        .header("X-Key", "secret")
                        .queryParameter("key", "secret")
                        .proxy("http://secret:secret@h:1")
                        .keyHeader("api-key", "Secret")
                        .build())
                .build();

        assertThat(options.toString())
                .contains("X-Key", "[key]", "[user]", "proxy=h")
                .doesNotContainIgnoringCase("secret");
    }

    @Test
    void takesABaseUrlWhateverTheCaseOfItsSchemeAndSaysWhyItCannotTakeAnother() {
        assertThat(ClientOptions.builder()
                        .baseUrl("HTTP://localhost:1/v1")
                        .build()
                        .baseUrl())
                .hasToString("http://localhost:1/v1");
        assertThatThrownBy(() -> ClientOptions.builder().baseUrl("http://my_server:8000/v1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no underscores");
        assertThatThrownBy(() -> ClientOptions.builder().baseUrl("ftp://host/v1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("this one isn't.");
        assertThatThrownBy(() -> ClientOptions.builder().baseUrl("http://localhost:80000/v1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The base URL's port is 80000, but there are none above 65535.");
    }

    @Test
    void quotesABaseUrlThatCannotBeReadNowhereForItMayHoldAKey() {
        assertThatThrownBy(() -> ClientOptions.builder().baseUrl("https://host/v1?key=secret key"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("this one can't be read.")
                .hasNoCause();
    }

    @Test
    void refusesTimesOfNothing() {
        assertThatThrownBy(() -> ConnectionOptions.builder().idleTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("idleTimeout must be more than zero, not PT0S.");
    }
}
