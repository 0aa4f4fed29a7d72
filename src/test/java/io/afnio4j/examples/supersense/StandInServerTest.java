package io.afnio4j.examples.supersense;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.ModelClient;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class StandInServerTest {

    private static final ChatRequest REQUEST = ChatRequest.of(ChatMessage.user("Say a long sentence."));
    private static final String ANSWER = "a sentence that is longer than a single piece of the stream";

    private StandInServer server = StandInServer.start(request -> ANSWER, Duration.ZERO, 0, 1);

    private ModelClient client(String model) {
        return ModelClient.of(
                "openai/" + model,
                ClientOptions.builder().baseUrl(server.baseUrl()).build());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void answersAsTheProtocolSays() {
        try (ModelClient client = client(StandInServer.MODEL)) {
            assertThat(now(client.chat(REQUEST)).text()).isEqualTo(ANSWER);
            assertThat(client.usage().total().usage().totalTokens()).isPositive();
        }
    }

    @Test
    void streamsInPieces() {
        try (ModelClient client = client(StandInServer.MODEL)) {
            List<ChatChunk> chunks = now(client.stream(REQUEST).collectList());

            assertThat(chunks).hasSizeGreaterThan(3);
            assertThat(chunks.stream().map(ChatChunk::text).collect(Collectors.joining()))
                    .isEqualTo(ANSWER);
        }
    }

    @Test
    void cutsNoCharacterInHalves() {
        String smiles = "\uD83D\uDE00".repeat(30);
        server.close();
        server = StandInServer.start(request -> "." + smiles, Duration.ZERO, 0, 1);
        try (ModelClient client = client(StandInServer.MODEL)) {
            assertThat(now(client.stream(REQUEST).map(ChatChunk::text).collect(Collectors.joining())))
                    .isEqualTo("." + smiles);
        }
    }

    @Test
    void doesNotKnowOtherModels() {
        try (ModelClient client = client("gpt-9")) {
            StepVerifier.create(client.chat(REQUEST)).verifyError(UnknownModelException.class);
        }
    }

    @Test
    void itsFaultsAreSurvivedByTheClient() {
        server.close();
        server = StandInServer.start(request -> ANSWER, Duration.ZERO, 0.2, 7);
        try (ModelClient client = ModelClient.of(
                "openai/" + StandInServer.MODEL,
                ClientOptions.builder().baseUrl(server.baseUrl()).maxRetries(12).build())) {
            List<String> answers = now(Flux.range(0, 60)
                    .flatMap(i -> client.chat(REQUEST))
                    .map(answer -> answer.text())
                    .collectList());

            assertThat(answers).hasSize(60).containsOnly(ANSWER);
            assertThat(client.usage().total().failures()).isPositive();
        }
    }
}
