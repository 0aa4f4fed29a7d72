package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import io.afnio4j.testing.Tunnel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Calls through proxies, which ask for a login or not. */
class ProxyTest extends OpenAiTestSupport {

    private static final String LOGIN = "user:pass-word";

    private final LoopbackServer target = serve(Completions.answer("yes"));

    private Mono<String> impatientCall(String scheme, String login, int port) {
        ConnectionOptions options = ConnectionOptions.builder()
                .proxy("http://" + login + "127.0.0.1:" + port)
                .connectTimeout(Duration.ofSeconds(1))
                .build();
        return client(
                        target,
                        all -> all.baseUrl(scheme + "://" + target.address() + "/v1")
                                .connection(options))
                .chat(HELLO)
                .map(answer -> answer.text());
    }

    private Mono<String> call(String scheme, String login, Tunnel proxy) {
        ConnectionOptions options = ConnectionOptions.builder()
                .proxy(scheme + "://" + login + "127.0.0.1:" + proxy.port())
                .build();
        return client(target, all -> all.connection(options)).chat(HELLO).map(answer -> answer.text());
    }

    @Test
    void logsInAtAnHttpProxyAndHidesThePassword() throws IOException {
        try (Tunnel proxy = Tunnel.answering("HTTP/1.1 200 OK", target.port())) {
            assertThat(get(call("http", LOGIN + "@", proxy))).isEqualTo("yes");

            assertThat(proxy.heads())
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT " + target.address())
                    .containsIgnoringCase(
                            "proxy-authorization: basic " + Base64.getEncoder().encodeToString(LOGIN.getBytes(UTF_8)));
        }
        assertThat(ConnectionOptions.builder()
                        .proxy("http://" + LOGIN + "@127.0.0.1:1")
                        .build()
                        .toString())
                .contains("proxy=127.0.0.1")
                .doesNotContain("pass-word");
    }

    @Test
    void takesAPasswordWithAnySignsInItsEncodedForm() throws IOException {
        try (Tunnel proxy = Tunnel.socks5("user:p@ss:w/rd", target.port())) {
            assertThat(get(call("socks5", "user:p%40ss%3Aw%2Frd@", proxy))).isEqualTo("yes");
        }
    }

    @Test
    void goesThroughASocksProxyThatWantsNoLogin() throws IOException {
        try (Tunnel proxy = Tunnel.socks5(null, target.port())) {
            assertThat(get(call("socks5", "", proxy))).isEqualTo("yes");

            assertThat(proxy.heads()).containsExactly(target.address());
        }
    }

    @Test
    void logsInAtASocksProxy() throws IOException {
        try (Tunnel proxy = Tunnel.socks5(LOGIN, target.port())) {
            assertThat(get(call("socks5", LOGIN + "@", proxy))).isEqualTo("yes");

            assertThat(proxy.heads()).containsExactly(LOGIN, target.address());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user:wrong-word@"})
    void aLoginThatIsNotAcceptedIsAnErrorThatNoRetryCuresAndThatHidesThePassword(String login) throws IOException {
        try (Tunnel http = Tunnel.answering("HTTP/1.1 407 Proxy Authentication Required", target.port());
                Tunnel socks = Tunnel.socks5(LOGIN, target.port())) {
            assertRefused(call("http", login, http), http);
            assertRefused(call("socks5", login, socks), socks);
        }
        assertThat(target.requests()).isEmpty();
    }

    private static void assertRefused(Mono<String> call, Tunnel proxy) {
        Throwable failure = failureOf(call);

        assertThat(failure)
                .isInstanceOf(AuthenticationException.class)
                .hasMessage("The proxy 127.0.0.1:" + proxy.port()
                        + " wants a login, or doesn't accept this one: check user and password in"
                        + " ConnectionOptions.proxy.");
        StringWriter all = new StringWriter();
        failure.printStackTrace(new PrintWriter(all));
        assertThat(all.toString()).contains("ProxyConnectException").doesNotContain("wrong-word");
    }

    @Test
    void namesTheProxyThatRefusesTheAddress() throws IOException {
        try (Tunnel proxy = Tunnel.answering("HTTP/1.1 403 No", target.port())) {
            assertThat(failureOf(call("http", "", proxy)))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessage("The proxy 127.0.0.1:" + proxy.port() + " gave no connection to " + target.address()
                            + ": is it running, and does it accept this user and this address?");
        }
    }

    @Test
    void namesTheProxyThatDoesNotAnswerAndKnowsThatNothingWasSent() throws IOException {
        Tunnel refusing = Tunnel.answering("HTTP/1.1 502 Bad Gateway", target.port());
        Throwable refused = failureOf(call("http", "", refusing));
        refusing.close();
        Throwable gone = failureOf(call("http", "", refusing));

        assertThat(gone)
                .hasMessage("No server answers at the proxy 127.0.0.1:" + refusing.port()
                        + ": is it running, and is ConnectionOptions.proxy right?");
        assertThat(List.of(refused, gone))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                UnavailableException.class,
                                never -> assertThat(never.answerLost()).isFalse()));
    }

    @Test
    void namesTheProxyThatRefusesAConnectionWithTls() throws IOException {
        try (Tunnel login = Tunnel.answering("HTTP/1.1 407 Proxy Authentication Required", target.port());
                Tunnel refusing = Tunnel.answering("HTTP/1.1 403 No", target.port())) {
            assertRefused(impatientCall("https", "user:wrong-word@", login.port()), login);
            assertThat(failureOf(impatientCall("https", "", refusing.port())))
                    .isInstanceOfSatisfying(
                            UnavailableException.class,
                            never -> assertThat(never.answerLost()).isFalse())
                    .hasMessageStartingWith("The proxy 127.0.0.1:" + refusing.port() + " gave no connection to ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void waitsForAProxyNoLongerThanForAnyConnection(String scheme) throws IOException {
        try (ServerSocket silent = new ServerSocket(0)) {
            long start = System.nanoTime();

            assertThat(failureOf(impatientCall(scheme, "", silent.getLocalPort())))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageStartingWith("The proxy 127.0.0.1:" + silent.getLocalPort() + " gave no connection to ");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void refusesAProxyThatIsNoneWithoutQuotingIt() {
        for (String url : List.of("127.0.0.1:8080", "ftp://u:secret@h:1", "http://u:secret@h", "http://u:secret@[")) {
            assertThatThrownBy(() -> ConnectionOptions.builder().proxy(url))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("A proxy is given as http://host:port or socks5://host:port; this one isn't.")
                    .hasNoCause();
        }
    }
}
