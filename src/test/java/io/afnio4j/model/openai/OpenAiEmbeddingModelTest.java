package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiEmbeddingModelTest extends OpenAiTestSupport {

    @Test
    void givesAVectorForEachTextInTheirOrder() {
        LoopbackServer server = serve(Answer.ok("""
                {"object":"list","data":[{"object":"embedding","index":1,"embedding":[0.5,-1]},
                {"object":"embedding","index":0,"embedding":[1e-3,2]}],"model":"small-1",
                "usage":{"prompt_tokens":5,"total_tokens":5}}"""));

        Embeddings embeddings = embed(server, ClientOptions.builder().bodyField("dimensions", 2), "a", "b\uD83D");

        assertThat(embeddings.vectors()).containsExactly(new float[] {0.001f, 2}, new float[] {0.5f, -1});
        assertThat(embeddings.usage()).isEqualTo(Usage.of(5, 0));
        assertThat(embeddings.model()).isEqualTo("small-1");
        assertThat(server.onlyRequest().uri()).isEqualTo("/v1/embeddings");
        assertThat(server.onlyRequest().body())
                .isEqualTo("{\"model\":\"small\",\"input\":[\"a\",\"b\uFFFD\"],\"dimensions\":2}");
    }

    @Test
    void takesTheSumOfTokensForThePromptsWhereNothingElseIsTold() {
        LoopbackServer server = serve(Answer.ok("{\"data\":[{\"embedding\":[1]}],\"usage\":{\"total_tokens\":9}}"));

        assertThat(embed(server, ClientOptions.builder(), "a").usage()).isEqualTo(Usage.of(9, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"embedding\":[1]},{\"embedding\":[2]}]",
                "[{\"embedding\":[1]},{\"index\":1,\"embedding\":[2]}]",
                "[{\"index\":0,\"embedding\":[1]},{\"index\":0,\"embedding\":[2]}]",
            })
    void takesVectorsAsTheyComeWhereTheyAreNotNumbered(String data) {
        LoopbackServer server = serve(Answer.ok("{\"data\":" + data + "}"));

        assertThat(embed(server, ClientOptions.builder(), "a", "b").vectors())
                .containsExactly(new float[] {1}, new float[] {2});
    }

    @Test
    void sendsManyTextsInSeveralRequestsAndLongOnesInMore() {
        LoopbackServer server = serve(batch(128), batch(72));

        // One connection, so that the answers come in the order of the script.
        Embeddings embeddings = embed(
                server,
                ClientOptions.builder().maxConcurrency(1),
                IntStream.range(0, 200).mapToObj(String::valueOf).toArray(String[]::new));

        assertThat(embeddings.vectors()).hasSize(200);
        assertThat(embeddings.vectors().get(127)).containsExactly(127);
        assertThat(embeddings.vectors().get(128)).containsExactly(0);
        assertThat(embeddings.usage()).isEqualTo(Usage.of(200, 0));
        assertThat(server.requests().get(1).json().path("input").path(0).stringValue())
                .isEqualTo("128");

        LoopbackServer other = serve(batch(2), batch(1));
        assertThat(embed(
                                other,
                                ClientOptions.builder().maxConcurrency(1),
                                "x".repeat(100_000),
                                "y".repeat(100_000),
                                "z".repeat(100_000))
                        .vectors())
                .hasSize(3);
    }

    private static Answer batch(int texts) {
        String data = IntStream.range(0, texts)
                .mapToObj(i -> "{\"index\":" + i + ",\"embedding\":[" + i + "]}")
                .collect(Collectors.joining(","));
        return Answer.ok("{\"data\":[" + data + "],\"usage\":{\"prompt_tokens\":" + texts + "}}");
    }

    @Test
    void asksNobodyWhereThereAreNoTexts() {
        LoopbackServer server = serve(Answer.json(500, "{}"));

        assertThat(embed(server, ClientOptions.builder()))
                .isEqualTo(new Embeddings(List.of(), Usage.NONE, "openai/small"));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void refusesAnEmptyTextAtTheCall() {
        try (EmbeddingModel model = open(serve(Answer.ok("{}")), ClientOptions.builder())) {
            assertThatThrownBy(() -> model.embed(List.of("a", "")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Text 1 is empty, and providers refuse to embed nothing. Leave it out.");
        }
    }

    @Test
    void callsAnAnswerBrokenThatHasTooFewVectors() {
        for (String data :
                List.of("[]", "[{\"index\":0,\"embedding\":[]}]", "[{\"index\":7,\"embedding\":[1]}]", "7")) {
            try (EmbeddingModel model = open(serve(Answer.ok("{\"data\":" + data + "}")), ClientOptions.builder())) {
                assertThat(failureOf(model.embed(List.of("a"))))
                        .isInstanceOf(BrokenAnswerException.class)
                        .hasMessage("The answer of openai/small has no vector for some of the texts.");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[null,null,1]",
                "[[1,2]]",
                "[\"1\"]",
                "[true]",
                "[1e300]",
                "[1e999]",
                "{\"a\":1}",
                "\"?\"",
                "\"AAA=\"",
                "\"\"",
                "\"AADAfw==\""
            })
    void refusesAVectorThatIsNoListOfFiniteNumbers(String vector) {
        Answer answer =
                Answer.ok("{\"data\":[{\"index\":0,\"embedding\":" + vector + "}],\"usage\":{\"prompt_tokens\":3}}");
        try (EmbeddingModel model = open(serve(answer), ClientOptions.builder())) {
            assertThat(failureOf(model.embed(List.of("a"))))
                    .isInstanceOf(UnexpectedAnswerException.class)
                    .hasMessage("The answer of openai/small has a vector that isn't a list of finite numbers.")
                    .extracting(failure -> ((UnexpectedAnswerException) failure).spent())
                    .isEqualTo(Usage.of(3, 0).spent());
        }
    }

    @Test
    void readsVectorsThatCameAsBase64() {
        LoopbackServer server = serve(Answer.ok("{\"data\":[{\"index\":0,\"embedding\":\"AACAPwAAAMA=\"}]}"));

        assertThat(embed(server, ClientOptions.builder(), "a").vectors()).containsExactly(new float[] {1, -2});
    }

    @Test
    void sendsAsManyTextsAtOnceAsTheOptionsSay() {
        LoopbackServer server = serve(batch(32), batch(8));

        assertThat(embed(
                                server,
                                ClientOptions.builder().maxConcurrency(1).embeddingBatch(32),
                                IntStream.range(0, 40).mapToObj(String::valueOf).toArray(String[]::new))
                        .vectors())
                .hasSize(40);
        assertThat(server.requests()).hasSize(2);
        assertThatThrownBy(() -> ClientOptions.builder().embeddingBatch(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("embeddingBatch must be at least 1, not 0.");
        assertThat(ClientOptions.builder().embeddingBatch(32).build().toBuilder()
                        .build()
                        .embeddingBatch())
                .isEqualTo(32);
    }

    @Test
    void namesFailuresAsForChat() {
        try (EmbeddingModel model = open(serve(Answer.json(429, "{}")), ClientOptions.builder())) {
            assertThat(failureOf(model.embed(List.of("a")))).isInstanceOf(ThrottledException.class);
        }
    }

    @Test
    void isMadeByTheProviderOfThePath() {
        ClientOptions options = ClientOptions.builder().apiKey(KEY).build();

        try (EmbeddingModel model = ModelPath.parse("openai/small").resolve().createEmbedding("small", options)) {
            assertThat(model.name()).isEqualTo("openai/small");
        }
        assertThatThrownBy(() -> ModelPath.parse("anthropic/x").resolve().createEmbedding("x", options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The provider 'anthropic' makes no embeddings.");
    }

    private static Embeddings embed(LoopbackServer server, ClientOptions.Builder options, String... texts) {
        try (EmbeddingModel model = open(server, options)) {
            return get(model.embed(List.of(texts)));
        }
    }

    private static EmbeddingModel open(LoopbackServer server, ClientOptions.Builder options) {
        return new OpenAiProvider(() -> null)
                .createEmbedding("small", options.baseUrl(server.baseUrl()).build());
    }
}
