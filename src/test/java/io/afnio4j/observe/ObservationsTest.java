package io.afnio4j.observe;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.afnio4j.ModelClient;
import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Functional;
import io.afnio4j.context.Phase;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Metered;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Monitored;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilienceListener;
import io.afnio4j.model.script.Fault;
import io.afnio4j.model.script.FaultyChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.FakeModel;
import io.afnio4j.testing.LoopbackServer;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Spans of passes, nodes and calls. Answers come on other threads than those that asked. */
class ObservationsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final Observations observations = Observations.in(registry);

    ObservationsTest() {
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }

            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context);
            }

            @Override
            public void onEvent(Observation.Event event, Observation.Context context) {
                events.add(event.getName() + ": " + event.getContextualName());
            }
        });
    }

    private static ScriptedChatModel model(Function<ChatRequest, Mono<String>> answer) {
        return ScriptedChatModel.builder()
                .name("openai/gpt-4o")
                .responding(request -> answer.apply(request)
                        .publishOn(Schedulers.boundedElastic())
                        .map(text -> new ChatResponse(
                                text, FinishReason.STOP, new Usage(10, 4, 2, 5, 1), "gpt-4o-2024-08-06")))
                .build();
    }

    private static ScriptedChatModel saying(String text) {
        return model(request -> Mono.just(text));
    }

    private static ChatRequest ask(CompletionOptions options) {
        return new ChatRequest(List.of(ChatMessage.user("secret words")), options);
    }

    private List<Observation.Context> named(String name) {
        return stopped.stream()
                .filter(context -> name.equals(context.getName()))
                .toList();
    }

    private Observation.Context only(String name) {
        assertThat(named(name)).hasSize(1);
        return named(name).get(0);
    }

    private Observation.Context call() {
        return only("gen_ai.client.operation.duration");
    }

    private static Map<String, String> low(Observation.Context context) {
        return context.getLowCardinalityKeyValues().stream()
                .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    private static Map<String, String> high(Observation.Context context) {
        return context.getHighCardinalityKeyValues().stream()
                .collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
    }

    private static String parent(Observation.Context context) {
        ObservationView parent = context.getParentObservation();
        return parent == null ? "none" : String.valueOf(parent.getContextView().getContextualName());
    }

    @Test
    void aCallIsDescribedByTheConventionsForGenerativeAi() {
        CompletionOptions options =
                CompletionOptions.NONE.temperature(0.5).maxCompletionTokens(99).stop("secret words");
        now(Phase.JUDGE.of(observations.around(saying("more secret words")).chat(ask(options))));

        assertThat(call().getContextualName()).isEqualTo("chat gpt-4o");
        assertThat(low(call()))
                .isEqualTo(Map.of(
                        "gen_ai.operation.name", "chat",
                        "gen_ai.provider.name", "openai",
                        "gen_ai.system", "openai",
                        "gen_ai.request.model", "gpt-4o",
                        "gen_ai.response.model", "gpt-4o-2024-08-06",
                        "server.address", "none",
                        "server.port", "none",
                        "afnio4j.phase", "judge",
                        "afnio4j.outcome", "answered"));
        assertThat(high(call()))
                .isEqualTo(Map.of(
                        "gen_ai.request.temperature", "0.5",
                        "gen_ai.request.max_tokens", "99",
                        "gen_ai.response.finish_reasons", "[\"stop\"]",
                        "gen_ai.usage.input_tokens", "10",
                        "gen_ai.usage.output_tokens", "5",
                        "gen_ai.usage.cache_read.input_tokens", "4",
                        "gen_ai.usage.cache_creation.input_tokens", "2",
                        "gen_ai.usage.reasoning.output_tokens", "1"));
        assertThat(call().getAllKeyValues().toString()).doesNotContain("secret");
    }

    @Test
    void aStreamedCallIsObservedUntilItsLastPiece() {
        StepVerifier.create(observations.around(saying("in pieces")).stream(ask(CompletionOptions.NONE)))
                .thenConsumeWhile(chunk -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(low(call()))
                .containsEntry("afnio4j.outcome", "answered")
                .containsEntry("gen_ai.response.model", "gpt-4o-2024-08-06");
        assertThat(high(call()))
                .containsEntry("gen_ai.usage.output_tokens", "5")
                .containsEntry("gen_ai.response.finish_reasons", "[\"stop\"]");
    }

    @Test
    void aClientOfARealServerNamesItsAddressWhetherItStreamsOrNot() {
        try (LoopbackServer server = LoopbackServer.answering(
                        Completions.answer("yes"),
                        Answer.events(Completions.word("yes"), Completions.stop(), Completions.done()));
                ModelClient client = ModelClient.of(
                        "openai/gpt-4o",
                        ClientOptions.builder()
                                .baseUrl(server.baseUrl())
                                .apiKey("sk-test")
                                .build())) {
            ChatModel observed = observations.around(client);
            now(observed.chat(ask(CompletionOptions.NONE)));
            now(observed.stream(ask(CompletionOptions.NONE)).then());

            assertThat(stopped)
                    .hasSize(2)
                    .allSatisfy(context -> assertThat(low(context))
                            .containsEntry("server.address", "127.0.0.1")
                            .containsEntry("server.port", String.valueOf(server.port()))
                            .containsEntry("gen_ai.request.model", "gpt-4o")
                            .containsEntry("gen_ai.response.model", "gpt-4o-2024-08-06"));
        }
    }

    @Test
    void callsThatFailOrAreCancelledEndTheirObservationToo() {
        ChatModel failing = observations.around(model(request -> Mono.error(new RejectedRequestException("no"))));
        StepVerifier.create(failing.chat(ask(CompletionOptions.NONE)))
                .expectError()
                .verify(LIMIT);
        StepVerifier.create(failing.stream(ask(CompletionOptions.NONE)))
                .expectError()
                .verify(LIMIT);
        ChatModel endless = observations.around(model(request -> Mono.never()));
        endless.chat(ask(CompletionOptions.NONE)).subscribe().dispose();
        endless.stream(ask(CompletionOptions.NONE)).subscribe().dispose();

        assertThat(stopped).hasSize(4);
        assertThat(stopped.subList(0, 2)).allSatisfy(context -> {
            assertThat(low(context)).containsEntry("afnio4j.outcome", "failed");
            assertThat(high(context)).containsEntry("error.type", RejectedRequestException.class.getName());
            assertThat(context.getError()).hasMessage("no");
        });
        assertThat(stopped.subList(2, 4)).allSatisfy(context -> {
            assertThat(low(context)).containsEntry("afnio4j.outcome", "cancelled");
            assertThat(high(context)).isEmpty();
        });
    }

    @Test
    void oneObservationHoldsAllAttemptsOfACallAndTellsOfEachRetry() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        ChatModel client = observations.around(Resilience.around(
                FaultyChatModel.planned(ScriptedChatModel.answering("fine"), Fault.unavailable()),
                ClientOptions.defaults(),
                new UsageMeter(),
                ResilienceListener.NONE,
                time));
        StepVerifier.create(client.chat(ask(CompletionOptions.NONE)))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(1)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(low(call())).containsEntry("afnio4j.outcome", "answered");
        assertThat(events).containsExactly("afnio4j.retry: retry after UnavailableException");
    }

    @Test
    void aCallIsOneOfAClientWhoSendsSomethingAway() {
        StepVerifier.create(observations.around(saying("fine")).chat(ask(CompletionOptions.NONE)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(call())
                .isInstanceOfSatisfying(
                        SenderContext.class, sent -> assertThat(sent.getKind()).isEqualTo(Kind.CLIENT));
    }

    @Test
    void whatCanBeReadOfAClientCanBeReadOfTheObservedOne() {
        var client = Resilience.around(saying("fine"), ClientOptions.defaults(), new UsageMeter());
        ChatModel observed = observations.around(client);

        assertThat(Metered.of(observed)).isSameAs(client.usage());
        assertThat(Monitored.of(observed)).isSameAs(client);
        assertThat(Metered.of(observations.around(saying("fine")))).isNull();
        assertThat(Monitored.of(observations.around(saying("fine")))).isNull();
    }

    private Variable answer(String name) {
        Parameter prompt = new Parameter("This is " + name + ".", "prompt " + name);
        return now(ChatCompletion.of(FakeModel.saying(text -> "answer"), List.of(Message.user(prompt)), Inputs.NONE)
                .as("answer " + name)
                .run());
    }

    private Mono<Void> pass(ChatModel critic, Variable root) {
        return root.backward(BackwardOptions.DEFAULTS
                        .onFailure(FailurePolicy.RUN_ALL)
                        .gradient(new Variable("bad", "feedback"))
                        .listener(observations.passes()))
                .contextWrite(new BackwardClient(observations.around(critic), CompletionOptions.NONE)::in);
    }

    @Test
    void aCallIsTheChildOfItsNodeItsNodeOfThePassAndThePassOfTheRequestAcrossThreads() {
        Observation request =
                Observation.start("http.server.requests", registry).contextualName("POST /train");
        now(pass(saying("better"), Functional.add(answer("a"), answer("b")))
                .contextWrite(context -> context.put("micrometer.observation", request)));
        request.stop();

        assertThat(parent(only("afnio4j.pass.duration"))).isEqualTo("POST /train");
        assertThat(high(only("afnio4j.pass.duration")))
                .containsEntry("afnio4j.pass.expected_calls", "2")
                .containsEntry("afnio4j.pass.critical_path", "1")
                .containsEntry("afnio4j.pass.leaves", "2")
                .containsEntry("afnio4j.pass.asked", "2");
        assertThat(low(only("afnio4j.pass.duration"))).isEqualTo(Map.of("afnio4j.outcome", "succeeded"));
        assertThat(named("afnio4j.node.duration"))
                .allSatisfy(node -> assertThat(parent(node)).isEqualTo("backward pass"))
                .extracting(
                        Observation.Context::getContextualName,
                        node -> low(node).get("afnio4j.outcome"),
                        node -> high(node).get("afnio4j.node.role"))
                .containsExactlyInAnyOrder(
                        tuple("AddBackward0", "computed", "answer a and answer b"),
                        tuple("ChatCompletionBackward0", "answered", "answer a"),
                        tuple("ChatCompletionBackward0", "answered", "answer b"));
        assertThat(named("gen_ai.client.operation.duration")).hasSize(2).allSatisfy(made -> {
            assertThat(parent(made)).isEqualTo("ChatCompletionBackward0");
            assertThat(low(made)).containsEntry("afnio4j.phase", "backward");
        });
        assertThat(stopped).hasSize(7);
    }

    @Test
    void aNodeThatOnlyWaitsForItsFeedbackToBeCondensedIsAnsweredAsSoonAsItIs() {
        Variable sum = Functional.add(answer("a"), new Variable("b", "b"));
        Variable root = Functional.add(user("first", sum), user("second", sum));
        GradientReducer reducer = (gradients, answers) -> Mono.just(List.of(gradients.get(0)));

        now(pass(saying("better"), root).contextWrite(reducer::in));

        assertThat(named("afnio4j.node.duration"))
                .extracting(
                        Observation.Context::getContextualName,
                        node -> low(node).get("afnio4j.outcome"))
                .containsExactly(
                        tuple("AddBackward0", "computed"),
                        tuple("ChatCompletionBackward0", "answered"),
                        tuple("ChatCompletionBackward0", "answered"),
                        tuple("AddBackward0", "answered"),
                        tuple("ChatCompletionBackward0", "answered"));
    }

    private static Variable user(String name, Variable message) {
        return now(ChatCompletion.of(
                        FakeModel.saying(text -> name + " answer"), List.of(Message.user(message)), Inputs.NONE)
                .as(name)
                .run());
    }

    @Test
    void anObservationThatIsCurrentWhereThePassIsSubscribedToIsItsParentAsWell() {
        Observation job = Observation.createNotStarted("job", registry).contextualName("nightly job");
        job.observe(() -> now(pass(saying("better"), answer("a"))));

        assertThat(parent(only("afnio4j.pass.duration"))).isEqualTo("nightly job");
    }

    @Test
    void passesThatFailOrAreCancelledEndTheirObservationsToo() {
        ChatModel critic = model(request -> FakeModel.lastText(request).contains("This is a")
                ? Mono.error(new RejectedRequestException("no"))
                : Mono.just("better"));
        StepVerifier.create(pass(critic, Functional.add(answer("a"), answer("b"))))
                .expectError(BackwardException.class)
                .verify(LIMIT);
        assertThat(low(only("afnio4j.pass.duration"))).containsEntry("afnio4j.outcome", "failed");
        assertThat(only("afnio4j.pass.duration").getError()).isInstanceOf(BackwardException.class);
        assertThat(named("afnio4j.node.duration"))
                .extracting(node -> low(node).get("afnio4j.outcome"))
                .containsExactlyInAnyOrder("computed", "failed", "answered");
        stopped.clear();

        pass(model(request -> Mono.never()), answer("c")).subscribe().dispose();

        assertThat(stopped)
                .hasSize(3)
                .allSatisfy(context -> assertThat(low(context)).containsEntry("afnio4j.outcome", "cancelled"));
    }

    @Test
    void passesAtTheSameTimeAndWatchedPassesHaveSpansOfTheirOwn() {
        BackwardOptions options = BackwardOptions.DEFAULTS
                .gradient(new Variable("bad", "feedback"))
                .listener(observations.passes());
        BackwardClient client = new BackwardClient(observations.around(saying("better")), CompletionOptions.NONE);
        now(Mono.when(
                        Engine.backwardEvents(answer("a"), options).then(),
                        Engine.backwardEvents(answer("b"), options).then())
                .contextWrite(client::in));

        assertThat(named("afnio4j.pass.duration")).hasSize(2);
        assertThat(named("afnio4j.node.duration").stream()
                        .map(Observation.Context::getParentObservation)
                        .distinct())
                .hasSize(2);
        assertThat(named("gen_ai.client.operation.duration")).hasSize(2);
    }
}
