package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.channel.AbortedException;
import reactor.netty.tcp.TcpServer;
import reactor.test.StepVerifier;

class TransportErrorsTest extends OpenAiTestSupport {

    private static final ConnectionOptions DEFAULTS = ConnectionOptions.defaults();

    private static final String HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

    @Test
    void asksWhetherTheServerRunsWhereNobodyListens() {
        LoopbackServer server = serve(Answer.nothing());
        server.close();

        assertThat(failureOf(client(server).chat(HELLO)))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("No server answers at " + server.address() + ": is it running, and is the base URL right?");
    }

    @Test
    void namesTheServerThatCutsTheConnection() {
        Answer half = Answer.raw(HEAD + "content-length: 500\r\n\r\n{\"choices\":");
        Answer halfChunked = Answer.raw(HEAD + "transfer-encoding: chunked\r\n\r\n5\r\n{\"cho\r\n");
        for (Answer answer : new Answer[] {
            Answer.close(),
            Answer.reset(),
            Answer.raw("HTTP/1.1 200").then(Answer.close()),
            half.then(Answer.close()),
            half.then(Answer.reset()),
            halfChunked.then(Answer.close())
        }) {
            assertThat(failureOf(answer))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageMatching(
                            "127\\.0\\.0\\.1:\\d+ cut the connection before its answer was whole: it may work again later\\.");
        }
    }

    @Test
    void givesUpOnAServerThatIsSilent() {
        Answer half = Answer.raw(HEAD + "content-length: 500\r\n\r\n{\"choices\":");
        for (Answer answer : new Answer[] {Answer.nothing(), half.then(Answer.nothing())}) {
            LoopbackServer server = serve(answer);
            assertThat(failureOf(client(server, options -> options.responseTimeout(Duration.ofMillis(300)))
                            .chat(HELLO)))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessage(server.address()
                            + " was silent for 0.3 s: is it overloaded, or is responseTimeout too short"
                            + " for this model?");
            StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello there\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n\r\n", "HTTP/x.1 200 OK\r\n\r\n"})
    void callsAnAnswerBrokenThatIsNotHttp(String greeting) {
        assertThat(failureOf(Answer.raw(greeting)))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("breaks the rules of HTTP");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n", "HTTP/1.0 200 OK\r\n"})
    void paysOnceForAnAnswerWhoseLengthNettyDoesNotBelieve(String head) {
        assertThat(failureOf(Answer.raw(head + "transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")))
                .isInstanceOf(UnexpectedAnswerException.class)
                .hasMessageContaining("says its length in two ways")
                .hasMessageContaining(" -Dio.netty.handler.codec.http.rfc9112TransferEncoding=false.");
    }

    @Test
    void callsAnAnswerBrokenWhoseHeadersDoNotEnd() {
        assertThat(failureOf(Answer.json(200, "{}", "x: " + "h".repeat(HttpSetup.MAX_HEADERS))))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("its headers are too long");
    }

    @Test
    void callsAnAnswerBrokenThatIsNotTheZipThatItClaims() {
        LoopbackServer server = serve(
                Answer.json(200, Completions.saying("plain"), "content-encoding: gzip"), Completions.answer("yes"));
        ChatModel model = client(server, options -> options.maxConcurrency(1));

        assertThat(failureOf(model.chat(HELLO))).isInstanceOf(BrokenAnswerException.class);
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
        assertThat(get(model.chat(HELLO)).text()).as("its place is free again").isEqualTo("yes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "GZIP"})
    void saysThatAnAnswerIsPackedInAWayThatNobodyAskedFor(String encoding) {
        for (int status : new int[] {200, 500}) {
            LoopbackServer server = serve(Answer.json(status, "\u001f\u008b{}", "content-encoding: " + encoding));
            ChatModel model = client(
                    server,
                    options -> options.maxConcurrency(1)
                            .connection(ConnectionOptions.builder()
                                    .compression(false)
                                    .build()));

            for (int call = 0; call < 2; call++) {
                assertThat(failureOf(model.chat(HELLO)))
                        .hasMessage(
                                status == 200
                                        ? "The answer of openai/gpt-4o is packed (" + encoding
                                                + "), which wasn't asked for. Is there a proxy in between? ConnectionOptions.compression(true) reads gzip and deflate."
                                        : server.address() + " answered 500. It may work again later.");
            }
            model.close();
            server.close();
        }
    }

    @Test
    void readsAnAnswerWhoseEncodingIsNone() {
        for (String encoding : List.of("identity", "utf-8", "")) {
            assertThat(answerTo(Answer.json(200, Completions.saying("yes"), "content-encoding: " + encoding))
                            .text())
                    .isEqualTo("yes");
        }
    }

    @Test
    void cutsABodyWithoutEndAndClosesItsConnection() {
        LoopbackServer server = serve(
                Answer.endless(HEAD + "\r\n{\"a\":\"", "x".repeat(64 << 10).getBytes(US_ASCII)));

        assertThat(failureOf(client(server).chat(HELLO)))
                .isInstanceOfSatisfying(
                        UnexpectedAnswerException.class,
                        failure -> assertThat(failure.wasRead()).isFalse())
                .hasMessage("The answer is longer than 16384 KB, so it was given up and its connection closed.");
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
    }

    @Test
    void cutsAZipThatUnfoldsToMoreThanAnAnswerMayHave() {
        assertThat(failureOf(Answer.gzipped("{\"a\":\"" + "x".repeat(HttpSetup.MAX_ANSWER + 1000) + "\"}")))
                .isInstanceOf(UnexpectedAnswerException.class);
    }

    @Test
    void doesNotRetryWhereTheServerSpeaksNoTls() {
        DisposableServer plain = TcpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((in, out) -> out.sendString(Mono.just("HTTP/1.1 400 Bad Request\r\n\r\n"))
                        .neverComplete())
                .bindNow(LIMIT);
        ClientOptions https = ClientOptions.builder()
                .baseUrl("https://127.0.0.1:" + plain.port() + "/v1")
                .apiKey(KEY)
                .build();

        assertThat(failureOf(client(https).chat(HELLO)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("https for a server that speaks http")
                .hasCauseInstanceOf(SSLException.class);
        plain.disposeNow(LIMIT);
    }

    @Test
    void doesNotWaitForTlsForLongerThanForAConnectionAndKnowsThatNothingWasSent() {
        DisposableServer silent = TcpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((in, out) -> Mono.never())
                .bindNow(LIMIT);
        ClientOptions https = ClientOptions.builder()
                .baseUrl("https://127.0.0.1:" + silent.port() + "/v1")
                .apiKey(KEY)
                .connectTimeout(Duration.ofMillis(300))
                .build();

        assertThat(failureOf(client(https).chat(HELLO)))
                .hasCauseInstanceOf(SslHandshakeTimeoutException.class)
                .isInstanceOfSatisfying(
                        UnavailableException.class,
                        never -> assertThat(never.answerLost()).isFalse());
        silent.disposeNow(LIMIT);
    }

    @Test
    void tellsATlsDisagreementFromAHandshakeThatWasCut() {
        TransportErrors errors = new TransportErrors(Endpoint.of(URI.create("https://h/v1"), DEFAULTS), DEFAULTS);
        SSLHandshakeException untrusted = new SSLHandshakeException("untrusted");
        var unused = untrusted.initCause(new java.security.cert.CertificateException("no path"));

        assertThat(errors.explain(untrusted)).isInstanceOf(RejectedRequestException.class);
        assertThat(errors.explain(new DecoderException(new SSLException("Received fatal alert: certificate_required"))))
                .isInstanceOf(RejectedRequestException.class);
        assertThat(errors.explain(new SSLException("Received fatal alert: internal_error")))
                .isInstanceOf(UnavailableException.class);
        assertThat(errors.explain(new SSLHandshakeException("Connection closed")))
                .isInstanceOf(UnavailableException.class);
        assertThat(errors.explain(new SslHandshakeTimeoutException("10 s"))).isInstanceOf(UnavailableException.class);
        assertThat(errors.explain(new UnknownHostException("h")))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("The host of h:443 can't be found: is the base URL right, and is there a network?");
    }

    @Test
    void knowsThatNothingWasSentWhereAKeptConnectionWasClosedInTheMomentInWhichItWasTaken() {
        TransportErrors errors = new TransportErrors(Endpoint.of(URI.create("https://h/v1"), DEFAULTS), DEFAULTS);

        assertThat(errors.explain(AbortedException.beforeSend()))
                .isInstanceOfSatisfying(
                        UnavailableException.class,
                        cut -> assertThat(cut.answerLost()).isFalse());
    }

    @Test
    void leavesAloneWhatIsNotTheNetworksFault() {
        TransportErrors errors = new TransportErrors(Endpoint.of(URI.create("https://h/v1"), DEFAULTS), DEFAULTS);
        ArithmeticException bug = new ArithmeticException();
        UnavailableException named = new UnavailableException("named", null);

        assertThat(errors.explain(bug)).isSameAs(bug);
        assertThat(errors.explain(named)).isSameAs(named);
    }
}
