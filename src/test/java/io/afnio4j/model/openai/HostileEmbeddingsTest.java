package io.afnio4j.model.openai;

import static io.afnio4j.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.EmbeddingClient;
import io.afnio4j.ModelClient;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A client for embeddings against servers that are bad to its first attempts. */
class HostileEmbeddingsTest extends OpenAiTestSupport {

    private static final Answer GOOD =
            Answer.ok("{\"data\":[{\"index\":0,\"embedding\":[1,2]}],\"usage\":{\"prompt_tokens\":3}}");

    private static final List<Case> CASES = List.of(
            new Case(Answer.json(429, "{}", "retry-after-ms: 20"), ThrottledException.class, 2),
            new Case(Answer.json(429, "{}", "retry-after: 1"), ThrottledException.class, 2),
            new Case(Answer.json(429, "{}", "retry-after: 3600"), ThrottledException.class, 1),
            new Case(Answer.json(500, "{}"), UnavailableException.class, 2),
            new Case(Answer.json(503, "{}", "retry-after-ms: 20"), ThrottledException.class, 2),
            new Case(Answer.json(400, "{}"), RejectedRequestException.class, 1),
            new Case(Answer.reset(), UnavailableException.class, 2),
            new Case(Answer.close(), UnavailableException.class, 2),
            new Case(Answer.nothing(), UnavailableException.class, 2),
            new Case(Answer.ok(""), BrokenAnswerException.class, 2),
            new Case(Answer.ok("{\"data\":[{\"index\":0,\"embedd"), BrokenAnswerException.class, 2),
            new Case(Answer.ok("{\"data\":[]}"), BrokenAnswerException.class, 2),
            new Case(Answer.of(200, "text/html", new byte[] {'<'}), BrokenAnswerException.class, 2));

    /**
     * One way of being bad.
     *
     * @param failure what the caller gets where every attempt meets it
     * @param attempts how many attempts that takes, of two
     */
    private record Case(Answer bad, Class<? extends Throwable> failure, int attempts) {

        private Mono<Result> run() {
            return outcome(bad, bad, GOOD)
                    .zipWith(
                            outcome(bad, GOOD),
                            (always, once) -> new Result(always.outcome, always.attempts, once.outcome, once.next));
        }
    }

    private record Result(Object always, int attempts, Object once, Object next) {}

    private record Outcome(Object outcome, int attempts, Object next) {}

    /** Two calls, one after the other: what comes of the first, and of the second, which finds the only place free. */
    private static Mono<Outcome> outcome(Answer... script) {
        LoopbackServer server = LoopbackServer.answering(script);
        EmbeddingClient client = EmbeddingClient.of(
                "openai/small",
                ClientOptions.builder()
                        .baseUrl(server.baseUrl())
                        .apiKey(KEY)
                        .responseTimeout(Duration.ofMillis(500))
                        .maxConcurrency(1)
                        .maxRetries(1)
                        .build());
        Mono<Object> call = client.embed(List.of("text"))
                .<Object>map(Embeddings::usage)
                .onErrorResume(failure -> Mono.just(failure.getClass()));
        return call.flatMap(first -> {
                    int attempts = server.requests().size();
                    return call.map(next -> new Outcome(first, attempts, next));
                })
                .publishOn(Schedulers.boundedElastic()) // closing the server blocks
                .doFinally(end -> {
                    client.close();
                    server.close();
                });
    }

    @Test
    void eachFailureIsNamedAndWhatMayPassIsSentAgain() {
        List<Result> results = Objects.requireNonNull(Flux.fromIterable(CASES)
                .flatMapSequential(Case::run, 100)
                .collectList()
                .block(LIMIT));

        assertThat(results).hasSameSizeAs(CASES);
        for (int i = 0; i < CASES.size(); i++) {
            Case bad = CASES.get(i);
            Usage good = Usage.of(3, 0);
            assertThat(results.get(i))
                    .as("case %s", i)
                    .isEqualTo(new Result(bad.failure, bad.attempts, bad.attempts == 1 ? bad.failure : good, good));
        }
    }

    @Test
    void aLargeBatchIsSentInManyRequestsOfWhichEachIsCounted() {
        LoopbackServer server = LoopbackServer.reacting(
                request -> vectors(request.json().path("input").size()));
        ClientOptions options =
                ClientOptions.builder().baseUrl(server.baseUrl()).apiKey(KEY).build();
        try (server;
                ModelClient chats = ModelClient.of("openai/gpt-4o", options);
                EmbeddingClient client = EmbeddingClient.of("openai/text-embedding-3-small", options, chats)) {
            List<String> texts =
                    IntStream.range(0, 5_000).mapToObj(String::valueOf).toList();

            assertThat(get(client.embed(texts)).vectors()).hasSize(5_000);

            assertThat(client.requests(texts)).hasSize(40);
            assertThat(client.usage().total().calls()).isEqualTo(40);
            assertThat(client.usage().total().usage()).isEqualTo(Usage.of(5_000, 0));
            assertThat(client.usage().total().costText()).isEqualTo("$0.0001");
            assertThat(chats.usage().total().calls()).isZero();
            until(() -> client.load().inFlight() == 0); // places go back after an answer was handed on
            assertThat(client).hasToString("EmbeddingClient[openai/text-embedding-3-small]");
        }
    }

    private static Answer vectors(int texts) {
        String data = "{\"embedding\":[1]}" + ",{\"embedding\":[1]}".repeat(texts - 1);
        return Answer.ok("{\"data\":[" + data + "],\"usage\":{\"prompt_tokens\":" + texts + "}}");
    }
}
