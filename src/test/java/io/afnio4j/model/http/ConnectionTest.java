package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import io.afnio4j.testing.Tunnel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;
import reactor.test.StepVerifier;

/** HTTP/2, TLS, proxies, idle connections, closing. */
class ConnectionTest extends OpenAiTestSupport {

    private final List<DisposableServer> servers = new CopyOnWriteArrayList<>();
    private final List<String> versions = new CopyOnWriteArrayList<>();
    private final Set<Integer> clients = ConcurrentHashMap.newKeySet();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.disposeNow(LIMIT));
    }

    @Test
    void speaksHttp2OverOneConnectionToAServerThatIsKnownToSpeakIt() {
        DisposableServer server = http(HttpServer.create().protocol(HttpProtocol.H2C));

        StepVerifier.create(calls("http://127.0.0.1:" + server.port(), options -> options.http2(true)))
                .expectNext(20L)
                .expectComplete()
                .verify(LIMIT);

        assertThat(versions).containsOnly("HTTP/2.0");
        assertThat(clients).as("one connection").hasSize(1);
    }

    @Test
    void agreesOnHttp2OverTls() {
        DisposableServer server = tls(HttpProtocol.H2, HttpProtocol.HTTP11);

        StepVerifier.create(calls("https://localhost:" + server.port(), options -> trusting(options.http2(true))))
                .expectNext(20L)
                .expectComplete()
                .verify(LIMIT);

        assertThat(versions).containsOnly("HTTP/2.0");
    }

    @Test
    void fallsBackToHttp1WhereAServerSpeaksNothingElse() {
        DisposableServer server = tls(HttpProtocol.HTTP11);

        StepVerifier.create(calls("https://localhost:" + server.port(), options -> trusting(options.http2(true))))
                .expectNext(20L)
                .expectComplete()
                .verify(LIMIT);

        assertThat(versions).containsOnly("HTTP/1.1");
    }

    @Test
    void trustsOnlyWhomItWasToldTo() {
        DisposableServer server = tls(HttpProtocol.HTTP11);

        StepVerifier.create(calls("https://localhost:" + server.port(), ConnectionTest::trusting))
                .expectNext(20L)
                .expectComplete()
                .verify(LIMIT);
        assertThat(failureOf(open("https://localhost:" + server.port(), options -> options)
                        .chat(HELLO)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("its certificate not trusted?");
    }

    @Test
    void reportsAStreamOfHttp2ThatIsReset() {
        DisposableServer server = serve(HttpServer.create()
                .protocol(HttpProtocol.H2C)
                .handle((request, response) -> request.receive()
                        .aggregate()
                        .then(Mono.<Void>fromRunnable(() -> request.withConnection(Connection::dispose)))));

        assertThat(failureOf(open("http://127.0.0.1:" + server.port(), options -> options.http2(true))
                        .chat(HELLO)))
                .isInstanceOf(UnavailableException.class);
    }

    @Test
    void goesThroughAProxyAndHidesItsPassword() throws IOException {
        LoopbackServer target = serve(Completions.answer("yes"));
        try (Tunnel proxy = Tunnel.answering("HTTP/1.1 200 OK", target.port())) {
            String url = "http://user:pass-word@127.0.0.1:" + proxy.port();

            assertThat(get(open(target.baseUrl(), options -> options.proxy(url)).chat(HELLO))
                            .text())
                    .isEqualTo("yes");

            assertThat(proxy.heads())
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT " + target.address())
                    .containsIgnoringCase("proxy-authorization: basic");
            assertThat(ConnectionOptions.builder().proxy(url).build().toString())
                    .contains("proxy=127.0.0.1")
                    .doesNotContain("pass-word");
        }
    }

    @Test
    void namesTheProxyThatRefuses() throws IOException {
        LoopbackServer target = serve(Completions.answer("never asked"));
        try (Tunnel proxy = Tunnel.answering("HTTP/1.1 407 No", target.port())) {
            assertThat(failureOf(open(target.baseUrl(), options -> options.proxy("http://127.0.0.1:" + proxy.port()))
                            .chat(HELLO)))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessage("The proxy 127.0.0.1:" + proxy.port() + " gave no connection to " + target.address()
                            + ": is it running, and does it accept this user and this address?");
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

    @Test
    void asksForPlainAnswersWhereItIsToldTo() {
        LoopbackServer server = serve(Completions.answer("yes"));

        run(open(server.baseUrl(), options -> options.compression(false)).chat(HELLO));

        assertThat(server.onlyRequest().headers().contains(HttpHeaderNames.ACCEPT_ENCODING))
                .isFalse();
    }

    @Test
    void doesNotKeepAConnectionForLongerThanItMayBeIdle() {
        LoopbackServer server = serve(Completions.answer("yes"));
        ChatModel model = open(server.baseUrl(), options -> options.idleTimeout(Duration.ofMillis(1)));

        run(model.chat(HELLO));
        StepVerifier.create(Mono.delay(Duration.ofMillis(20)).then(model.chat(HELLO)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void failsTheCallsThatWaitForAConnectionWhenItIsClosed() {
        LoopbackServer server = serve(Answer.nothing());
        ChatModel model = client(server, options -> options.maxConcurrency(1));
        Mono<Throwable> waiting = Flux.merge(model.chat(HELLO), model.chat(HELLO))
                .then(Mono.<Throwable>empty())
                .onErrorResume(Mono::just);

        StepVerifier.create(waiting)
                .expectSubscription()
                .then(() -> run(server.firstRequest()))
                .then(model::close)
                .assertNext(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("The client of openai/gpt-4o was closed. Build a new one."))
                .expectComplete()
                .verify(LIMIT);
    }

    private Mono<Long> calls(String url, UnaryOperator<ConnectionOptions.Builder> connection) {
        ChatModel model = open(url, connection);
        return model.chat(HELLO)
                .thenMany(Flux.range(0, 20).flatMap(call -> model.chat(HELLO), 20))
                .count();
    }

    private ChatModel open(String url, UnaryOperator<ConnectionOptions.Builder> connection) {
        return client(ClientOptions.builder()
                .baseUrl(url)
                .apiKey(KEY)
                .connection(connection.apply(ConnectionOptions.builder()).build())
                .build());
    }

    private DisposableServer http(HttpServer server) {
        return serve(server.handle((request, response) -> {
            versions.add(request.version().text());
            clients.add(request.remoteAddress().getPort());
            return request.receive()
                    .aggregate()
                    .then(response.header("content-type", "application/json")
                            .sendString(Mono.just(Completions.saying("yes")))
                            .then());
        }));
    }

    private DisposableServer tls(HttpProtocol... protocols) {
        InputStream certificate = resource("loopback-cert.pem");
        InputStream key = resource("loopback-key.pem");
        SslProvider.GenericSslContextSpec<SslContextBuilder> tls = protocols.length > 1
                ? Http2SslContextSpec.forServer(certificate, key)
                : Http11SslContextSpec.forServer(certificate, key);
        return http(HttpServer.create().protocol(protocols).secure(spec -> spec.sslContext(tls)));
    }

    private DisposableServer serve(HttpServer server) {
        DisposableServer bound = server.host("127.0.0.1").port(0).bindNow(LIMIT);
        servers.add(bound);
        return bound;
    }

    private static ConnectionOptions.Builder trusting(ConnectionOptions.Builder options) {
        try (InputStream certificate = resource("loopback-cert.pem")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                    "loopback", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return options.trust(trust);
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(ConnectionTest.class.getResourceAsStream("/" + name));
    }
}
