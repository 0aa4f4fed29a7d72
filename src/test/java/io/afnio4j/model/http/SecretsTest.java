package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.AfnioException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;
import org.slf4j.simple.SimpleLoggerFactory;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class SecretsTest extends OpenAiTestSupport {

    private static final String HEADER_KEY = "azure-0123456789abcdef";
    private static final String QUERY_KEY = "query-fedcba9876543210";
    private static final int TRACE = 0;
    private static final int INFO = 20;
    private static final List<String> SECRETS = List.of(KEY, HEADER_KEY, QUERY_KEY);
    private static final String ECHO = "Wrong: " + String.join(" / ", SECRETS) + "x".repeat(270) + KEY;

    @Test
    void hidesTheKeyHoweverTheServerGivesItBack() {
        for (int status : new int[] {200, 302, 400, 401, 403, 404, 418, 429, 500, 503}) {
            assertHidden(
                    Answer.json(status, Completions.error(ECHO, KEY, KEY), "location: https://" + KEY + "/" + KEY));
            assertHidden(Answer.json(status, Completions.error("model not found " + ECHO, "", "")));
            assertHidden(Answer.json(status, "{\"error\":\"" + ECHO + "\"}"));
            assertHidden(Answer.json(status, "{\"detail\":\"" + ECHO.replace("-", "\\u002d") + "\"}"));
            assertHidden(Answer.json(status, ECHO, "retry-after: " + KEY));
            assertHidden(Answer.json(status, KEY));
        }
    }

    @Test
    void hidesTheKeyWhereTheAnswerIsNoneAtAll() {
        assertHidden(Answer.raw("HTTP/1.1 " + KEY + "\r\n\r\n"));
        assertHidden(Answer.raw(KEY + "\r\n\r\n"));
        assertHidden(Answer.close());
        assertHidden(Answer.ok("{" + KEY + "}"));
        assertHidden(Answer.ok(Completions.of("{\"content\":null,\"refusal\":\"" + ECHO + "\"}", "\"stop\"", "null")));
    }

    @Test
    void logsNoKeyEvenWhenEverythingIsLogged() {
        assertHidden(Completions.answer("so that every logger exists"));
        PrintStream console = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        setNettyLevel(TRACE);
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            assertHidden(Answer.json(401, Completions.error(ECHO, "t", "c")));
            assertHidden(Answer.reset());
        } finally {
            System.setErr(console);
            setNettyLevel(INFO);
        }
        // The query isn't among them: Reactor Netty shows whole URLs when it is debugged. Keys belong into headers.
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("HttpClientOperations")
                .doesNotContain(KEY, HEADER_KEY);
    }

    @Test
    void leavesOtherWordsAlone() {
        Secrets secrets = Secrets.of(ClientOptions.builder()
                .apiKey("key")
                .baseUrl("https://h/v1?short=1&api=long-enough")
                .header("X-Title", "my app")
                .build());

        assertThat(secrets.excerpt(" my app has 1 key,\nand long-enough ")).isEqualTo("my app has 1 ***, and ***");
        assertThat(secrets).hasToString("***");
    }

    @Test
    void leavesWordsAloneThatHoldAKeyTooShortToBeOne() {
        String text = "Next token x: x-ratelimit-reset, kéx, 'x' or Bearer x.";
        Secrets secrets = Secrets.of(ClientOptions.builder().apiKey("x").build());

        assertThat(secrets.excerpt(text)).isEqualTo("Next token ***: x-ratelimit-reset, kéx, '***' or Bearer ***.");
        for (String key : List.of("k", "none", "a+b(", "1234567")) {
            assertThat(Secrets.of(ClientOptions.builder().apiKey(key).build())
                            .excerpt("Unknown tokens nonetheless; bad key: " + key + ", 123456, 12345678"))
                    .isEqualTo("Unknown tokens nonetheless; bad key: ***, 123456, 12345678");
        }
        assertThat(Secrets.of(ClientOptions.builder().apiKey("12345678").build())
                        .excerpt("x12345678x"))
                .isEqualTo("x***x");
    }

    @Test
    void hidesPiecesOfTheKeyThatTellMoreThanWhichOneItIs() {
        Secrets secrets = Secrets.of(
                ClientOptions.builder().apiKey("sk-abcdefghijklmnopqrst").build());

        assertThat(secrets.excerpt("Bad key sk-abcdefghijklmn, ghijklmnopqrst and sk-abc."))
                .isEqualTo("Bad key ***, *** and ***.");
        assertThat(secrets.excerpt("Bad key: sk-ab***pqrst")).isEqualTo("Bad key: sk-ab***pqrst");
    }

    @Test
    void showsNoMoreThanElevenCharactersOfALongKeyAndAQuarterOfAShorterOne() {
        String letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for (var shown : Map.of(52, 11, 44, 11, 32, 8, 20, 5, 12, 5).entrySet()) {
            String key = letters.substring(0, shown.getKey());
            Secrets secrets = Secrets.of(ClientOptions.builder().apiKey(key).build());

            String most = key.substring(1, 1 + shown.getValue());
            assertThat(secrets.excerpt("'" + most + "'")).isEqualTo("'" + most + "'");
            assertThat(secrets.excerpt("'a" + most + "'")).isEqualTo("'***'");
        }
    }

    @Test
    void hidesPiecesOfOtherValuesThatMayBeKeys() {
        Secrets secrets = Secrets.of(ClientOptions.builder()
                .apiKey(KEY)
                .header("api-key", HEADER_KEY)
                .build());

        assertThat(secrets.excerpt("Bad key azure-0123456789abc, 23456789*** or azure-0..."))
                .isEqualTo("Bad key ***, ****** or azure-0...");
    }

    private void assertHidden(Answer answer) {
        LoopbackServer server = serve(answer);
        ChatModel model = client(ClientOptions.builder()
                .baseUrl("http://" + server.address() + "/v1?key=" + QUERY_KEY)
                .apiKey(KEY)
                .header("api-key", HEADER_KEY)
                .build());
        for (Mono<?> call : List.of(model.chat(HELLO), model.stream(HELLO).collectList())) {
            StringWriter shown = new StringWriter().append(model.toString());
            StepVerifier.create(call.doOnError(failure -> failure.printStackTrace(new PrintWriter(shown, true)))
                            .onErrorComplete(AfnioException.class)
                            .then())
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(shown.toString()).doesNotContain(SECRETS);
        }
        assertThat(server.requests()).isNotEmpty().allSatisfy(request -> {
            assertThat(request.uri()).contains(QUERY_KEY);
            assertThat(request.header("authorization")).contains(KEY);
        });
    }

    /** The levels of the simple logger are fixed when a logger is made; only reflection changes them later. */
    private static void setNettyLevel(int level) {
        try {
            Field loggers = SimpleLoggerFactory.class.getDeclaredField("loggerMap");
            loggers.setAccessible(true);
            Field current = SimpleLogger.class.getDeclaredField("currentLogLevel");
            current.setAccessible(true);
            for (Object logger : ((Map<?, ?>) loggers.get(LoggerFactory.getILoggerFactory())).values()) {
                if (((SimpleLogger) logger).getName().contains("netty")) {
                    current.setInt(logger, level);
                }
            }
        } catch (ReflectiveOperationException otherVersion) {
            throw new IllegalStateException(otherVersion);
        }
    }
}
