package io.afnio4j.model.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilienceListener;
import io.afnio4j.model.limit.RetryEvent;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LeakWatch;
import io.afnio4j.testing.LoopbackServer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A client with queue, retries and meter against servers that do everything bad. Each server is bad for as long as one
 * call of two attempts lasts, and good afterwards: what the caller gets, how many attempts that took, and that the only
 * place in the queue is free again for the next call, which is answered. All cases run at the same time, for most of
 * them consists of waiting.
 */
class HostileServerTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ChatRequest HELLO = ChatRequest.of(ChatMessage.user("Hello"));
    private static final String HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    private static final String STREAM = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
    private static final String HINTS = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n";
    private static final String GOOD = Completions.saying("good");
    private static final String WORD = Completions.word("go");
    private static final String REST = Completions.word("od") + Completions.stop() + Completions.done();
    private static final String ANSWERED = "good";

    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    /**
     * One way of being bad.
     *
     * @param bad what the server does to each attempt of the first call
     * @param outcome the words that the caller gets, or the type of the failure
     * @param attempts how many attempts the first call takes
     */
    record Case(boolean stream, Answer bad, String outcome, int attempts) {}

    record Result(String outcome, int attempts, String next) {}

    private static Map<String, Result> results = Map.of();
    private static List<String> leaks = new ArrayList<>();

    static {
        chat("reset before the headers", Answer.reset(), "UnavailableException", 2);
        chat("close before the headers", Answer.close(), "UnavailableException", 2);
        chat("close within the headers", Answer.raw(HEAD).then(Answer.close()), "UnavailableException", 2);
        chat("reset in the body", half().then(Answer.reset()), "UnavailableException", 2);
        chat("close in the body", half().then(Answer.close()), "UnavailableException", 2);
        chat(
                "close between chunks",
                Answer.raw(HEAD + "transfer-encoding: chunked\r\n\r\n5\r\n{\"cho\r\n")
                        .then(Answer.close()),
                "UnavailableException",
                2);
        chat("hints before the answer", Answer.raw(HINTS).then(Answer.ok(GOOD)), ANSWERED, 1);
        chat("another protocol", Answer.raw("HTTP/1.1 101 Switching Protocols\r\n\r\n"), "RejectedRequestException", 1);
        chat("hints and the answer at once", Answer.raw(HINTS + whole(GOOD)), ANSWERED, 1);
        chat(
                "an answer more than was asked for",
                Answer.raw(whole(GOOD) + whole(Completions.saying("stale"))),
                ANSWERED,
                1);
        stream("hints before the stream", Answer.raw(HINTS).then(Answer.events(WORD, REST)), ANSWERED, 1);
        chat("silence", Answer.nothing(), "UnavailableException", 2);
        chat("silence in the body", half().then(Answer.nothing()), "UnavailableException", 2);
        chat("429", Answer.json(429, "{}"), "ThrottledException", 2);
        chat("429, milliseconds", Answer.json(429, "{}", "retry-after-ms: 20"), "ThrottledException", 2);
        chat("429, seconds", Answer.json(429, "{}", "retry-after: 1"), "ThrottledException", 2);
        chat("429, part of a second", Answer.json(429, "{}", "retry-after: 0.02"), "ThrottledException", 2);
        chat("429, date", Answer.json(429, "{}", "retry-after: " + inSeconds()), "ThrottledException", 2);
        chat("429, nonsense", Answer.json(429, "{}", "retry-after: soon"), "ThrottledException", 2);
        chat("429, an hour", Answer.json(429, "{}", "retry-after: 3600"), "ThrottledException", 1);
        chat("429, no use", Answer.json(429, "{}", "x-should-retry: false"), "RejectedRequestException", 1);
        chat("400, try again", Answer.json(400, "{}", "x-should-retry: true"), "UnavailableException", 2);
        chat("400", Answer.json(400, "{}"), "RejectedRequestException", 1);
        chat("401", Answer.json(401, "{}"), "AuthenticationException", 1);
        for (int status : new int[] {500, 502, 503, 529}) {
            chat(String.valueOf(status), Answer.json(status, "{}"), "UnavailableException", 2);
        }
        chat("503, later", Answer.json(503, "{}", "retry-after: 1"), "ThrottledException", 2);
        chat("a page, 502", Answer.of(502, "text/html", bytes("<html>Bad</html>")), "UnavailableException", 2);
        chat("a page, 200", Answer.of(200, "text/html", bytes("<html>Hi</html>")), "BrokenAnswerException", 2);
        chat("empty body", Answer.ok(""), "BrokenAnswerException", 2);
        chat("truncated JSON", Answer.ok(GOOD.substring(0, 100)), "BrokenAnswerException", 2);
        chat(
                "no UTF-8",
                Answer.of(
                        200, "application/json", Completions.saying("caf\u00e9").getBytes(ISO_8859_1)),
                "BrokenAnswerException",
                2);
        chat("no zip", Answer.json(200, GOOD, "content-encoding: gzip"), "BrokenAnswerException", 2);
        stream("no zip for a stream", notZipped(), "BrokenAnswerException", 2);
        chat("character split over chunks", bytewise(Completions.saying("世界🙂")), "世界🙂", 1);
        chat("headers of 100 KB", Answer.json(200, GOOD, "x: " + "h".repeat(100_000)), ANSWERED, 1);
        chat("headers of 200 KB", Answer.json(200, GOOD, "x: " + "h".repeat(200_000)), "BrokenAnswerException", 2);
        chat("body without end", endless(HEAD, "x".repeat(64 << 10)), "UnexpectedAnswerException", 1);
        chat("no HTTP", Answer.raw("hello there\r\n\r\n"), "BrokenAnswerException", 2);
        chat("early close of a kept connection", Answer.ok(GOOD).then(Answer.close()), ANSWERED, 1);
        chat(
                "its length twice",
                Answer.raw(whole(GOOD).replaceFirst("(content-length: \\d+\r\n)", "$1$1")),
                ANSWERED,
                1);
        chat(
                "two lengths",
                Answer.raw(whole(GOOD).replaceFirst("(content-length: )(\\d+\r\n)", "$1$2$11$2")),
                "BrokenAnswerException",
                2);
        stream("stream that resets", Answer.unfinishedEvents(WORD).then(Answer.reset()), "UnavailableException", 1);
        stream(
                "stream that ends in chunks",
                Answer.unfinishedEvents(WORD).then(Answer.close()),
                "UnavailableException",
                1);
        stream("stream that stalls", Answer.unfinishedEvents(WORD).then(Answer.nothing()), "UnavailableException", 1);
        stream("stream that never begins", Answer.unfinishedEvents().then(Answer.nothing()), "UnavailableException", 2);
        stream("stream without an end", Answer.events(WORD), "BrokenAnswerException", 1);
        stream("stream without [DONE]", Answer.events(WORD, Completions.word("od"), Completions.stop()), ANSWERED, 1);
        stream(
                "comments and CRLF",
                Answer.events((": ping\n\n" + WORD + ": ping\n" + REST).replace("\n", "\r\n")),
                ANSWERED,
                1);
        stream(
                "characters split over chunks",
                bytewiseStream(Completions.word("世界🙂") + Completions.stop()),
                "世界🙂",
                1);
        stream("error event first", Answer.events(error()), "UnavailableException", 2);
        stream("error event in the middle", Answer.events(WORD, error()), "UnavailableException", 1);
        stream("truncated event", Answer.events("data: {\"choices\":\n\n"), "BrokenAnswerException", 2);
        stream("event that isn't UTF-8", notUtf8(), "BrokenAnswerException", 2);
        stream("a page for a stream", Answer.of(200, "text/html", bytes("<html>")), "BrokenAnswerException", 2);
        stream("empty stream", Answer.events(), "BrokenAnswerException", 2);
        stream("line without end", endless(STREAM, "x".repeat(64 << 10)), "UnexpectedAnswerException", 1);
        stream("429 for a stream", Answer.json(429, "{}", "retry-after-ms: 20"), "ThrottledException", 2);
    }

    @BeforeAll
    static void runAll() {
        try (LeakWatch watch = new LeakWatch()) {
            results = Objects.requireNonNull(Flux.fromIterable(CASES.entrySet())
                    .flatMap(entry -> run(entry.getValue()).map(result -> Map.entry(entry.getKey(), result)), 100)
                    .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                    .block(LIMIT));
            try {
                watch.assertNothingLost();
            } catch (AssertionError lost) {
                leaks.add(String.valueOf(lost.getMessage()));
            }
        }
    }

    static Stream<String> names() {
        return CASES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void tellsTheCallerWhatHappenedAfterTheRightNumberOfAttempts(String name) {
        Case bad = CASES.get(name);

        assertThat(results.get(name)).isEqualTo(new Result(bad.outcome, bad.attempts, ANSWERED));
    }

    @Test
    void losesNoBuffer() {
        assertThat(leaks).isEmpty();
    }

    @Test
    void givesBackItsPlaceWhereNobodyListens() {
        LoopbackServer gone = LoopbackServer.answering(Answer.nothing());
        gone.close();
        List<String> retries = new ArrayList<>();
        ChatModel wire = new OpenAiProvider(() -> null).create("gpt-4o", options(gone.baseUrl()));
        ResilienceListener listener = new ResilienceListener() {
            @Override
            public void onRetry(RetryEvent event) {
                retries.add(event.failure().getClass().getSimpleName());
            }
        };
        ClientOptions options = options(gone.baseUrl());
        try (ChatModel model = Resilience.around(wire, options, new UsageMeter(), listener, Schedulers.parallel())) {
            for (int call = 0; call < 2; call++) {
                assertThat(outcome(model.chat(HELLO).map(ChatResponse::text)).block(LIMIT))
                        .isEqualTo("UnavailableException");
            }
        }
        assertThat(retries).containsExactly("UnavailableException", "UnavailableException");
    }

    private static Mono<Result> run(Case bad) {
        Answer good = bad.stream ? Answer.events(WORD, REST) : Answer.ok(GOOD);
        Answer[] script = new Answer[bad.attempts + 1];
        Arrays.fill(script, bad.bad);
        script[bad.attempts] = good;
        LoopbackServer server = LoopbackServer.answering(script);
        ClientOptions options = options(server.baseUrl());
        ChatModel model =
                Resilience.around(new OpenAiProvider(() -> null).create("gpt-4o", options), options, new UsageMeter());
        Mono<String> call = outcome(
                bad.stream
                        ? model.stream(HELLO).map(ChatChunk::text).reduce("", String::concat)
                        : model.chat(HELLO).map(ChatResponse::text));
        return call.flatMap(first -> {
                    int attempts = server.requests().size();
                    return call.map(next -> new Result(first, attempts, next));
                })
                .publishOn(Schedulers.boundedElastic()) // closing the server blocks
                .doFinally(end -> {
                    model.close();
                    server.close();
                });
    }

    private static ClientOptions options(String url) {
        return ClientOptions.builder()
                .baseUrl(url)
                .apiKey("sk-test")
                .responseTimeout(Duration.ofMillis(1500))
                .maxConcurrency(1)
                .maxRetries(1)
                .build();
    }

    private static Mono<String> outcome(Mono<String> call) {
        return call.onErrorResume(failure -> Mono.just(failure.getClass().getSimpleName()));
    }

    private static void chat(String name, Answer bad, String outcome, int attempts) {
        CASES.put(name, new Case(false, bad, outcome, attempts));
    }

    private static void stream(String name, Answer bad, String outcome, int attempts) {
        CASES.put(name, new Case(true, bad, outcome, attempts));
    }

    private static Answer half() {
        return Answer.raw(HEAD + "content-length: 500\r\n\r\n{\"choices\":");
    }

    private static String whole(String body) {
        return HEAD + "content-length: " + bytes(body).length + "\r\n\r\n" + body;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String error() {
        return "data: " + Completions.error("Busy", "server_error", "overloaded") + "\n\n";
    }

    private static String inSeconds() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(3));
    }

    private static Answer endless(String head, String piece) {
        return Answer.endless(head + "\r\n{\"a\":\"", piece.getBytes(US_ASCII));
    }

    private static Answer bytewise(String body) {
        return pieces(HEAD + "content-length: " + bytes(body).length + "\r\n\r\n", body);
    }

    private static Answer bytewiseStream(String body) {
        return pieces(STREAM + "content-length: " + bytes(body).length + "\r\n\r\n", body);
    }

    private static Answer pieces(String head, String body) {
        byte[][] pieces = new byte[bytes(body).length + 1][];
        pieces[0] = bytes(head);
        for (int i = 1; i < pieces.length; i++) {
            pieces[i] = new byte[] {bytes(body)[i - 1]};
        }
        return Answer.raw(pieces);
    }

    private static Answer notZipped() {
        return Answer.of(200, "text/event-stream", bytes(WORD + REST), "content-encoding: gzip");
    }

    private static Answer notUtf8() {
        return Answer.of(200, "text/event-stream", Completions.word("caf\u00e9").getBytes(ISO_8859_1));
    }
}
