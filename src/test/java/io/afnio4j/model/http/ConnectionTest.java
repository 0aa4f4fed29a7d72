package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;
import reactor.test.StepVerifier;

/** HTTP/2, TLS, idle connections, closing. */
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
                .hasMessageContaining("is its certificate not trusted");
    }

    @Test
    void speaksTlsWithTheServerThroughTheTunnelOfAnHttpProxy() throws IOException {
        DisposableServer server = tls(HttpProtocol.HTTP11);
        String url = "https://localhost:" + server.port();

        try (Tunnel proxy = Tunnel.answering("HTTP/1.1 200 OK", server.port())) {
            String through = "http://127.0.0.1:" + proxy.port();
            run(open(url, options -> trusting(options).proxy(through)).chat(HELLO));
            assertThat(failureOf(open(url, options -> options.proxy(through)).chat(HELLO)))
                    .isInstanceOf(RejectedRequestException.class)
                    .hasMessageContaining("is its certificate not trusted");

            assertThat(proxy.heads())
                    .isNotEmpty()
                    .allSatisfy(head -> assertThat(head)
                            .startsWith("CONNECT localhost:" + server.port())
                            .doesNotContain(KEY));
        }
        assertThat(versions).containsExactly("HTTP/1.1");
    }

    @Test
    void showsWhoItIsToAServerThatAsks() {
        DisposableServer server = mutualTls();

        StepVerifier.create(calls("https://localhost:" + server.port(), options -> identified(trusting(options))))
                .expectNext(20L)
                .expectComplete()
                .verify(LIMIT);
        assertThat(failureOf(open("https://localhost:" + server.port(), ConnectionTest::trusting)
                        .chat(HELLO)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("doesn't it get the certificate that it asks for?");
    }

    @Test
    void doubtsThatAServerSpeaksHttp2WhichItNeverAsked() {
        LoopbackServer server = serve(Answer.close());

        assertThat(failureOf(
                        open(server.baseUrl(), options -> options.http2(true)).chat(HELLO)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageEndingWith("it may work again later. Or doesn't it speak HTTP/2?");
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

    /** A server that talks only to those who have the certificate that it has itself. */
    private DisposableServer mutualTls() {
        SslProvider.GenericSslContextSpec<SslContextBuilder> tls =
                Http11SslContextSpec.forServer(resource("loopback-cert.pem"), resource("loopback-key.pem"));
        tls.configure(
                context -> context.trustManager(resource("loopback-cert.pem")).clientAuth(ClientAuth.REQUIRE));
        return http(HttpServer.create().secure(spec -> spec.sslContext(tls)));
    }

    private DisposableServer serve(HttpServer server) {
        DisposableServer bound = server.host("127.0.0.1").port(0).bindNow(LIMIT);
        servers.add(bound);
        return bound;
    }

    private static ConnectionOptions.Builder trusting(ConnectionOptions.Builder options) {
        try {
            KeyStore store = emptyStore();
            store.setCertificateEntry("loopback", certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            return options.trust(trust);
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static ConnectionOptions.Builder identified(ConnectionOptions.Builder options) {
        try (InputStream pem = resource("loopback-key.pem")) {
            String key = new String(pem.readAllBytes(), US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
            PrivateKey secret = KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key)));
            KeyStore store = emptyStore();
            store.setKeyEntry("loopback", secret, new char[0], new Certificate[] {certificate()});
            KeyManagerFactory identity = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            identity.init(store, new char[0]);
            return options.identity(identity);
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Certificate certificate() throws GeneralSecurityException, IOException {
        try (InputStream pem = resource("loopback-cert.pem")) {
            return CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(ConnectionTest.class.getResourceAsStream("/" + name));
    }
}
