package io.afnio4j.observe;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.EmbeddingClient;
import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What is the same of calls of any kind, and what is of those for embeddings. */
class CallObservationsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final ChatRequest ASK = ChatRequest.of(ChatMessage.user("Hello"));

    private final ObservationRegistry registry = ObservationRegistry.create();
    private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Observations observations = Observations.in(registry);

    CallObservationsTest() {
        registry.observationConfig().observationHandler(new ObservationHandler<CallObservationContext<?>>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof CallObservationContext;
            }

            @Override
            public void onStop(CallObservationContext<?> context) {
                stopped.add(context);
            }

            @Override
            public void onEvent(Observation.Event event, CallObservationContext<?> context) {
                events.add(event.getName() + ": " + event.getContextualName());
            }
        });
    }

    private static ChatModel answering(Usage usage) {
        return ScriptedChatModel.builder()
                .name("openai/gpt-4o")
                .responding(request -> Mono.just(new ChatResponse("fine", FinishReason.STOP, usage, "gpt-4o-1")))
                .build();
    }

    private Observation.Context only() {
        assertThat(stopped).hasSize(1);
        return stopped.get(0);
    }

    private static Map<String, String> low(Observation.Context context) {
        return map(context.getLowCardinalityKeyValues());
    }

    private static Map<String, String> high(Observation.Context context) {
        return map(context.getHighCardinalityKeyValues());
    }

    private static Map<String, String> map(KeyValues values) {
        return values.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    private static final String VECTORS = """
            {"object":"list","model":"small-2024","data":[{"object":"embedding","index":0,"embedding":[0.5,0.25]}],\
            "usage":{"prompt_tokens":4,"total_tokens":4}}""";

    @Test
    void aCallForEmbeddingsIsObservedWithAllItsRequests() {
        try (LoopbackServer server = LoopbackServer.answering(
                        Answer.json(500, "{}"), Answer.ok(VECTORS), Answer.ok(VECTORS), Answer.json(400, "{}"));
                EmbeddingClient client = embedding(server)) {
            EmbeddingModel observed = observations.around(client);
            now(Phase.JUDGE.of(observed.embed(List.of("secret", "words"))));

            assertThat(only().getContextualName()).isEqualTo("embeddings small");
            assertThat(low(only()))
                    .isEqualTo(Map.of(
                            "gen_ai.operation.name", "embeddings",
                            "gen_ai.provider.name", "openai",
                            "gen_ai.system", "openai",
                            "gen_ai.request.model", "small",
                            "gen_ai.response.model", "small-2024",
                            "server.address", "127.0.0.1",
                            "server.port", String.valueOf(server.port()),
                            "afnio4j.phase", "judge",
                            "afnio4j.outcome", "answered"));
            assertThat(high(only())).containsEntry("gen_ai.usage.input_tokens", "8");
            assertThat(only().getAllKeyValues().toString()).doesNotContain("secret");
            assertThat(events).containsExactly("afnio4j.retry: retry after UnavailableException");

            stopped.clear();
            StepVerifier.create(observed.embed(List.of("no"))).expectError().verify(LIMIT);
            assertThat(low(only())).containsEntry("afnio4j.outcome", "failed");
            assertThatThrownBy(() -> observed.embed(List.of(""))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aCallForEmbeddingsThatNobodyWaitsForIsOver() {
        try (LoopbackServer server = LoopbackServer.answering(Answer.nothing());
                EmbeddingClient client = embedding(server)) {
            observations.around(client).embed(List.of("words")).subscribe().dispose();

            assertThat(low(only())).containsEntry("afnio4j.outcome", "cancelled");
        }
    }

    private static EmbeddingClient embedding(LoopbackServer server) {
        return EmbeddingClient.of(
                "openai/small",
                ClientOptions.builder()
                        .baseUrl(server.baseUrl())
                        .apiKey("sk-test")
                        .embeddingBatch(1)
                        .maxConcurrency(1)
                        .build());
    }

    @Test
    void theTokensOfCallsAreCountedByTheConventionsWhereAHandlerIsRegistered() {
        MeterRegistry meters = new SimpleMeterRegistry();
        registry.observationConfig().observationHandler(Observations.tokenUsage(meters));
        ChatModel observed = observations.around(answering(new Usage(10, 4, 5, 1)));
        now(observed.chat(ASK));
        now(Phase.JUDGE.of(observed.stream(ASK)).then());
        now(observed.stream(ASK).then());
        now(observations.around(answering(Usage.NONE)).chat(ASK));

        Function<String, DistributionSummary> of = type -> meters.get("gen_ai.client.token.usage")
                .tags("gen_ai.operation.name", "chat", "gen_ai.request.model", "gpt-4o", "afnio4j.phase", "forward")
                .tag("gen_ai.token.type", type)
                .summary();
        assertThat(of.apply("input").count()).isEqualTo(2);
        assertThat(of.apply("input").totalAmount()).isEqualTo(20);
        assertThat(of.apply("output").totalAmount()).isEqualTo(10);
        assertThat(meters.get("gen_ai.client.token.usage").summaries()).hasSize(4);
    }
}
