package io.afnio4j.observe;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.context.Phase;
import io.afnio4j.model.Breaker;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Limits;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.Price;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.MemoryCache;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilienceListener;
import io.afnio4j.model.limit.ResilientChatModel;
import io.afnio4j.model.limit.ResilientEmbeddingModel;
import io.afnio4j.model.script.Fault;
import io.afnio4j.model.script.FaultyChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The numbers of a client, as a registry reads them. */
class ClientMetersTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedChatModel wire = ScriptedChatModel.builder()
            .name("openai/gpt-4o")
            .by(request -> "fine")
            .usage(new Usage(1000, 400, 300, 500, 100))
            .build();

    private ResilientChatModel bound(ChatModel model, ClientOptions.Builder options) {
        ResilientChatModel client = Resilience.around(
                model,
                options.price(Price.perMillion("1", "2")).build(),
                new UsageMeter(),
                ResilienceListener.NONE,
                time);
        ClientMeters.of(client, Tag.of("client", "one")).bindTo(registry);
        return client;
    }

    private double value(Meters meter, String... tags) {
        return registry.get(meter.meterName())
                .tags(tags)
                .tags("client", "one", "model", "openai/gpt-4o")
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    private static ChatRequest ask(String text) {
        return ChatRequest.of(ChatMessage.user(text));
    }

    @Test
    void whatWasUsedIsCountedByPhase() {
        ResilientChatModel client = bound(wire, ClientOptions.builder());
        now(Phase.JUDGE.of(client.chat(ask("a"))));
        now(Phase.JUDGE.of(client.chat(ask("b"))));

        assertThat(value(Meters.CLIENT_TOKENS, "phase", "judge", "type", "input"))
                .isEqualTo(2000);
        assertThat(value(Meters.CLIENT_TOKENS, "phase", "judge", "type", "cached"))
                .isEqualTo(800);
        assertThat(value(Meters.CLIENT_TOKENS, "phase", "judge", "type", "cache_write"))
                .isEqualTo(600);
        assertThat(value(Meters.CLIENT_TOKENS, "phase", "judge", "type", "output"))
                .isEqualTo(1000);
        assertThat(value(Meters.CLIENT_TOKENS, "phase", "judge", "type", "reasoning"))
                .isEqualTo(200);
        assertThat(value(Meters.CLIENT_COST, "phase", "judge", "kind", "counted"))
                .isEqualTo(0.004);
        assertThat(value(Meters.CLIENT_COST, "phase", "judge", "kind", "assumed"))
                .isZero();
        assertThat(value(Meters.CLIENT_ATTEMPTS, "phase", "judge", "outcome", "answered"))
                .isEqualTo(2);
        assertThat(value(Meters.CLIENT_ATTEMPT_TIME, "phase", "judge")).isEqualTo(2);
        assertThat(value(Meters.CLIENT_TOKENS, "phase", "forward", "type", "input"))
                .isZero();
    }

    @Test
    void aCostThatNobodyKnowsIsToldFromNone() {
        ResilientChatModel client = Resilience.around(
                ScriptedChatModel.answering("fine", "good"), ClientOptions.defaults(), new UsageMeter());
        ClientMeters.of(client).bindTo(registry);
        assertThat(unpriced("judge")).isZero();

        now(Phase.JUDGE.of(client.chat(ask("a"))));
        now(Phase.JUDGE.of(client.chat(ask("b"))));

        assertThat(unpriced("judge")).isEqualTo(2);
        assertThat(unpriced("forward")).isZero();
    }

    private double unpriced(String phase) {
        return registry.get("afnio4j.client.unpriced")
                .tags("phase", phase)
                .functionCounter()
                .count();
    }

    @Test
    void aClientForEmbeddingsHasTheSameMeters() {
        EmbeddingModel vectors = new EmbeddingModel() {
            @Override
            public String name() {
                return "openai/gpt-4o";
            }

            @Override
            public Mono<Embeddings> embed(List<String> texts) {
                return Mono.just(new Embeddings(List.of(new float[1]), Usage.of(1000, 0), "gpt-4o"));
            }
        };
        ResilientEmbeddingModel client = Resilience.around(vectors, ClientOptions.defaults(), new UsageMeter());
        ClientMeters.of(client, Tag.of("client", "one")).bindTo(registry);

        now(client.embed(List.of("a")));

        assertThat(value(Meters.CLIENT_TOKENS, "phase", "forward", "type", "input"))
                .isEqualTo(1000);
        assertThat(value(Meters.CLIENT_PLACES)).isEqualTo(64);
        assertThatThrownBy(() -> ClientMeters.of(vectors))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The model openai/gpt-4o counts nothing. Make it with EmbeddingClient.of.");
    }

    @Test
    void theQueueTheWayAndThePlacesCanBeReadWhileCallsAreUnderWay() {
        ResilientChatModel client = bound(
                ScriptedChatModel.builder()
                        .name("openai/gpt-4o")
                        .responding(request -> Mono.never())
                        .build(),
                ClientOptions.builder().maxConcurrency(2));
        List<Disposable> calls = List.of(
                client.chat(ask("a")).subscribe(),
                client.chat(ask("b")).subscribe(),
                client.chat(ask("c")).subscribe());

        assertThat(value(Meters.CLIENT_IN_FLIGHT)).isEqualTo(2);
        assertThat(value(Meters.CLIENT_QUEUED)).isEqualTo(1);
        assertThat(value(Meters.CLIENT_PLACES)).isEqualTo(2);
        calls.forEach(Disposable::dispose);
        assertThat(value(Meters.CLIENT_IN_FLIGHT)).isZero();
        assertThat(value(Meters.CLIENT_QUEUED)).isZero();
        assertThat(value(Meters.CLIENT_ATTEMPTS, "phase", "forward", "outcome", "cancelled"))
                .isEqualTo(2); // the third, which waited, was never sent
    }

    @Test
    void retriesAndThrottledAnswersAreCounted() {
        ResilientChatModel client = bound(
                FaultyChatModel.planned(wire, Fault.unavailable(), Fault.throttled(Duration.ofSeconds(1))),
                ClientOptions.builder());
        StepVerifier.create(client.chat(ask("a")))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(1)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(value(Meters.CLIENT_RETRIES)).isEqualTo(2);
        assertThat(value(Meters.CLIENT_THROTTLED)).isEqualTo(1);
        assertThat(value(Meters.CLIENT_HEDGES)).isZero();
        assertThat(value(Meters.CLIENT_ATTEMPTS, "phase", "forward", "outcome", "failed"))
                .isEqualTo(2);
    }

    @Test
    void theStateOfTheCircuitBreakerIsOneAndTheOthersAreZero() {
        Limits limits = Limits.builder()
                .breaker(new Breaker(100, 1, Duration.ofSeconds(10)))
                .maxRetries(0)
                .build();
        ResilientChatModel client = bound(
                FaultyChatModel.planned(wire, Fault.unavailable()),
                ClientOptions.builder().limits(limits));
        assertThat(value(Meters.CLIENT_BREAKER, "state", "closed")).isEqualTo(1);
        StepVerifier.create(client.chat(ask("a"))).expectError().verify(LIMIT);

        assertThat(value(Meters.CLIENT_BREAKER, "state", "open")).isEqualTo(1);
        assertThat(value(Meters.CLIENT_BREAKER, "state", "closed")).isZero();
        assertThat(value(Meters.CLIENT_BREAKER, "state", "half_open")).isZero();
    }

    @Test
    void theCacheAndTheBudgetCanBeRead() {
        ResilientChatModel client =
                bound(wire, ClientOptions.builder().cache(MemoryCache.of(10)).maxCost(Cost.ofDollars("5")));
        now(client.chat(ask("a")));
        now(client.chat(ask("a")));

        assertThat(value(Meters.CLIENT_CACHE, "result", "miss")).isEqualTo(1);
        assertThat(value(Meters.CLIENT_CACHE, "result", "hit")).isEqualTo(1);
        assertThat(value(Meters.CLIENT_CACHE, "result", "joined")).isZero();
        assertThat(value(Meters.CLIENT_BUDGET_COST, "state", "spent")).isEqualTo(0.002);
        assertThat(value(Meters.CLIENT_BUDGET_TOKENS, "state", "spent")).isEqualTo(1500);
        assertThat(value(Meters.CLIENT_BUDGET_CALLS, "state", "spent")).isEqualTo(1);
        assertThat(value(Meters.CLIENT_BUDGET_CALLS, "state", "reserved")).isZero();
    }

    @Test
    void everyMeterIsInTheCatalogueWithItsTagsAndItsUnit() {
        var unused = bound(wire, ClientOptions.builder());
        try (PassMeters passes = PassMeters.of(registry, Tag.of("client", "one"))) {
            assertThat(passes).isNotNull();
            assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> {
                Meters listed = Arrays.stream(Meters.values())
                        .filter(known -> known.meterName().equals(meter.getId().getName()))
                        .findAny()
                        .orElseThrow();
                assertThat(meter.getId().getType()).isEqualTo(listed.type());
                assertThat(meter.getId().getDescription()).isEqualTo(listed.description());
                assertThat(
                                meter.getId().getBaseUnit() == null
                                        ? ""
                                        : meter.getId().getBaseUnit())
                        .isEqualTo(listed.unit());
                assertThat(meter.getId().getTags().stream().map(Tag::getKey).filter(key -> !key.equals("client")))
                        .containsExactlyInAnyOrderElementsOf(listed.tags().stream()
                                .map(tag -> tag.replaceAll("=.*", ""))
                                .toList());
            });
            assertThat(registry.getMeters().stream()
                            .map(meter -> meter.getId().getName())
                            .distinct())
                    .hasSameSizeAs(Meters.values());
        }
    }

    @Test
    void closingTakesTheMetersOut() {
        try (ClientMeters meters =
                ClientMeters.of(Resilience.around(wire, ClientOptions.defaults(), new UsageMeter()))) {
            meters.bindTo(registry);
            assertThat(registry.getMeters()).isNotEmpty();
        }
        PassMeters.of(registry).close();

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void theRegistryKeepsNoClientAlive() {
        WeakReference<ResilientChatModel> client = new WeakReference<>(bound(wire, ClientOptions.builder()));
        for (int i = 0; client.get() != null && i < 100; i++) {
            System.gc();
        }

        assertThat(client.get()).isNull();
        assertThat(value(Meters.CLIENT_IN_FLIGHT)).isNaN();
        assertThat(value(Meters.CLIENT_RETRIES)).isZero();
    }

    @Test
    void aModelThatOnlyCountsItsUsageHasNoGaugesAndOneThatCountsNothingIsRefused() {
        ChatModel counting = new MeteredChatModel(wire, new UsageMeter(), null, TokenEstimator.rough());
        ClientMeters.of(counting).bindTo(registry);

        assertThat(registry.getMeters().stream()
                        .map(Meter::getId)
                        .map(Meter.Id::getName)
                        .distinct())
                .containsExactlyInAnyOrder(
                        Meters.CLIENT_TOKENS.meterName(),
                        Meters.CLIENT_COST.meterName(),
                        Meters.CLIENT_UNPRICED.meterName(),
                        Meters.CLIENT_ATTEMPTS.meterName(),
                        Meters.CLIENT_ATTEMPT_TIME.meterName());
        assertThatThrownBy(() -> ClientMeters.of(wire))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The model openai/gpt-4o counts nothing. Wrap it in a MeteredChatModel, or make it with"
                        + " ModelClient.of.");
    }
}
