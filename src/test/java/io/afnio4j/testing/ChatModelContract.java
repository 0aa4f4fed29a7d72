package io.afnio4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.ModelProvider;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.StreamedAnswer;
import io.afnio4j.model.Tool;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

/**
 * What every provider's client must do, whatever its protocol looks like. A subclass brings the provider and answers in
 * its protocol, all with the usage 11 (3 of them cached) and 7.
 */
public abstract class ChatModelContract {

    protected static final Duration LIMIT = Duration.ofSeconds(60);
    protected static final String KEY = "sk-test-4f9a8b7c6d5e";
    protected static final ChatRequest HELLO = ChatRequest.of(ChatMessage.user("Hello"));
    protected static final Tool WEATHER =
            new Tool("weather", "The weather of a city", Map.of("type", "object", "properties", Map.of()));

    private final List<AutoCloseable> open = new ArrayList<>();

    /** A provider without a key in its environment. */
    protected abstract ModelProvider provider();

    protected abstract String model();

    protected abstract String keyHeader();

    protected abstract String keyVariable();

    /** What the provider counts for each of the answers. */
    protected Usage counted() {
        return new Usage(11, 3, 7, 0);
    }

    /** An answer in two texts, or as many as the protocol puts into one. */
    protected abstract String saying(String text);

    /** Calls {@code weather} with {@code {"city":"Rome"}} and {@code {"city":"Oslo"}}, by the ids a and b. */
    protected abstract String calling();

    /** An answer that was cut at the token limit. */
    protected abstract String cut();

    /** An answer that was cut by a filter. */
    protected abstract String filtered();

    /** An error body. */
    protected abstract String error(int status, String message);

    /** The body with which the provider says that it doesn't know a model, behind its status. */
    protected abstract String unknownModel();

    /** The events of a streamed answer in these pieces. */
    protected abstract List<String> streaming(String... pieces);

    /** The events of a streamed answer like {@link #calling}, in as many pieces as the protocol can make of it. */
    protected abstract List<String> streamingCalls();

    /** The event of an overload in the middle of a stream. */
    protected abstract String errorEvent();

    /** Answers of a model that stopped by itself without a word, whole and as the events of a stream. */
    protected abstract Map<String, List<String>> silences();

    /** Where in the request's JSON the text of the last message stands. */
    protected abstract String lastText(JsonNode request);

    /** The list of two models, m1 and m2. */
    protected abstract String models();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    protected final LoopbackServer serve(Answer... script) {
        LoopbackServer server = LoopbackServer.answering(script);
        open.add(0, server);
        return server;
    }

    protected final ChatModel client(LoopbackServer server) {
        return client(ClientOptions.builder().baseUrl(server.baseUrl()).apiKey(KEY));
    }

    protected final ChatModel client(ClientOptions.Builder options) {
        ChatModel model = provider().create(model(), options.build());
        open.add(0, model);
        return model;
    }

    protected final ChatResponse answerTo(String body) {
        return get(client(serve(Answer.ok(body))).chat(HELLO));
    }

    protected static <T> T get(Mono<T> call) {
        List<T> got = new ArrayList<>();
        StepVerifier.create(call).consumeNextWith(got::add).expectComplete().verify(LIMIT);
        return got.get(0);
    }

    protected final Throwable failureOf(Answer answer) {
        return failure(client(serve(answer)).chat(HELLO));
    }

    protected static Throwable failure(Mono<?> call) {
        List<Throwable> failures = new ArrayList<>();
        StepVerifier.create(call).consumeErrorWith(failures::add).verify(LIMIT);
        return failures.get(0);
    }

    protected final List<ChatChunk> pieces(List<String> events) {
        return get(client(serve(Answer.events(events.toArray(String[]::new)))).stream(HELLO)
                .collectList());
    }

    @Test
    void isFoundByItsName() {
        assertThat(ModelPath.parse(provider().name() + "/" + model()).resolve()).hasSameClassAs(provider());
    }

    @Test
    void sendsTheKeyInItsHeaderAndNowhereElse() {
        LoopbackServer server = serve(Answer.ok(saying("yes")));

        assertThat(get(client(server).chat(HELLO)).text()).isEqualTo("yes");

        LoopbackServer.Request request = server.onlyRequest();
        assertThat(request.header(keyHeader())).endsWith(KEY);
        assertThat(request.uri()).doesNotContain(KEY);
        assertThat(request.body()).doesNotContain(KEY);
        assertThat(lastText(request.json())).isEqualTo("Hello");
    }

    @Test
    void takesTheKeyToAnotherHeaderAndAddsHeadersParametersAndFields() {
        LoopbackServer server = serve(Answer.ok(saying("yes")));
        ClientOptions.Builder options = ClientOptions.builder()
                .baseUrl(server.baseUrl())
                .apiKey(KEY)
                .bodyField("of_our_own", List.of(1))
                .connection(ConnectionOptions.builder()
                        .keyHeader("X-Own", "Token")
                        .header("X-Title", "t")
                        .queryParameter("v", "1 2")
                        .build());

        assertThat(get(client(options).chat(HELLO)).text()).isEqualTo("yes");

        assertThat(server.onlyRequest().header("x-own")).isEqualTo("Token " + KEY);
        assertThat(server.onlyRequest().header(keyHeader())).isNull();
        assertThat(server.onlyRequest().header("x-title")).isEqualTo("t");
        assertThat(server.onlyRequest().uri()).endsWith("v=1%202");
        assertThat(server.onlyRequest().json().path("of_our_own").path(0).intValue())
                .isEqualTo(1);
    }

    @Test
    void namesTheVariableOfTheKeyWhereThereIsNone() {
        assertThatThrownBy(() -> provider().create(model(), ClientOptions.defaults()))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining(keyVariable());
    }

    @Test
    void answersWithTextReasonAndUsage() {
        ChatResponse answer = answerTo(saying("Grüße, 世界 🙂"));

        assertThat(answer.text()).isEqualTo("Grüße, 世界 🙂");
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.usage()).isEqualTo(counted());
        assertThat(answer.toolCalls()).isEmpty();
    }

    @Test
    void handsOnTheCallsOfTools() {
        ChatResponse answer = answerTo(calling());

        assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(answer.text()).isEmpty();
        assertWeatherCalls(answer.toolCalls());
        assertThat(answer.message().toolCalls()).isEqualTo(answer.toolCalls());
    }

    private static void assertWeatherCalls(List<ToolCall> calls) {
        assertThat(calls).extracting(ToolCall::id).containsExactly("a", "b");
        assertThat(calls).extracting(ToolCall::name).containsOnly("weather");
        assertThat(calls)
                .extracting(call -> call.arguments().replace(" ", ""))
                .containsExactly("{\"city\":\"Rome\"}", "{\"city\":\"Oslo\"}");
    }

    @Test
    void putsStreamedCallsTogether() {
        List<ChatChunk> pieces = pieces(streamingCalls());

        assertWeatherCalls(
                pieces.stream().flatMap(piece -> piece.toolCalls().stream()).toList());
        assertThat(pieces).filteredOn(piece -> !piece.toolCalls().isEmpty()).hasSize(1);
        assertThat(pieces).extracting(ChatChunk::finishReason).contains(FinishReason.TOOL_CALLS);
    }

    @Test
    void streamsPiecesThenTheReasonAndTheUsage() {
        List<ChatChunk> pieces = pieces(streaming("Hel", "lo 世界"));

        assertThat(pieces.stream().map(ChatChunk::text).filter(text -> !text.isEmpty()))
                .containsExactly("Hel", "lo 世界");
        assertThat(pieces.stream().filter(piece -> piece.finishReason() != null))
                .singleElement()
                .extracting(ChatChunk::finishReason)
                .isEqualTo(FinishReason.STOP);
        assertThat(pieces.get(pieces.size() - 1).usage()).isEqualTo(counted());
    }

    @Test
    void namesInAStreamWhoAnsweredAsInAWholeAnswer() {
        StreamedAnswer answer = new StreamedAnswer();
        pieces(streaming("Hel", "lo")).forEach(answer::add);

        assertThat(answer.whole("asked")).isEqualTo(answerTo(saying("Hello")));
    }

    @Test
    void takesSilenceForAnAnswerWholeAndStreamed() {
        silences().forEach((body, events) -> {
            ChatResponse whole = answerTo(body);
            StreamedAnswer streamed = new StreamedAnswer();
            pieces(events).forEach(streamed::add);

            assertThat(whole.text()).isEmpty();
            assertThat(whole.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(streamed.whole("asked")).isEqualTo(whole);
        });
    }

    @Test
    void needsAStreamToSayHowItEnded() {
        List<String> events = streaming("Hel", "lo");
        Answer half = Answer.events(events.subList(0, 2).toArray(String[]::new));

        assertThat(failure(client(serve(half)).stream(HELLO).collectList()))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("ended in the middle");
    }

    @Test
    void namesAnOverloadInTheMiddleOfAStream() {
        List<String> events = new ArrayList<>(streaming("Hel", "lo").subList(0, 2));
        events.add(errorEvent());

        assertThat(failure(client(serve(Answer.events(events.toArray(String[]::new)))).stream(HELLO)
                        .collectList()))
                .isInstanceOf(UnavailableException.class);
    }

    @Test
    void saysWhatACutAnswerCost() {
        for (String body : List.of(cut(), filtered())) {
            assertThat(failureOf(Answer.ok(body))).isInstanceOfSatisfying(IncompleteAnswerException.class, failure -> {
                assertThat(failure.spent()).isEqualTo(counted().spent());
                assertThat(Usage.spentOn(failure)).isEqualTo(counted());
            });
        }
    }

    @Test
    void mapsEachStatusToWhatACallerCanDo() {
        assertThat(failureOf(Answer.json(401, error(401, "bad key " + KEY))))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("bad key ***")
                .hasMessageContaining(keyVariable());
        assertThat(failureOf(Answer.json(429, error(429, "slow"), "retry-after: 3")))
                .isInstanceOfSatisfying(
                        ThrottledException.class,
                        failure -> assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(3)));
        assertThat(failureOf(Answer.json(529, error(529, "busy")))).isInstanceOf(UnavailableException.class);
        assertThat(failureOf(Answer.json(503, error(503, "busy"), "retry-after: 1")))
                .isInstanceOf(ThrottledException.class);
        assertThat(failureOf(Answer.json(404, unknownModel())))
                .isInstanceOf(UnknownModelException.class)
                .hasMessageContaining(model());
        assertThat(failureOf(Answer.json(500, "<html>oops</html>"))).isInstanceOf(UnavailableException.class);
    }

    @Test
    void callsAnAnswerBrokenThatHoldsNothing() {
        for (String body : List.of("", "{}", "{\"a\":", "<html></html>", "[]", "null")) {
            assertThat(failureOf(Answer.ok(body))).isInstanceOf(BrokenAnswerException.class);
        }
    }

    @Test
    void refusesBadOptionsAtTheCall() {
        ChatModel model = client(serve(Answer.ok(saying("yes"))));

        assertThatThrownBy(() ->
                        model.chat(new ChatRequest(HELLO.messages(), CompletionOptions.NONE.with("model", "other"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'model'");
        assertThatThrownBy(() -> client(ClientOptions.builder().apiKey(KEY).bodyField("model", "other")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void showsPicturesAndConversationsWithTools() {
        LoopbackServer server = serve(Answer.ok(saying("yes")));
        ChatRequest request = new ChatRequest(
                List.of(
                        ChatMessage.system("Be brief."),
                        ChatMessage.user(
                                ContentPart.text("What is this?"),
                                ContentPart.image("image/png", new byte[] {1, 2, 3}),
                                ContentPart.image("https://example.com/a.jpg?x=1")),
                        ChatMessage.assistant(
                                "Let me see.", List.of(new ToolCall("a", "weather", "{\"city\":\"Rome\"}"))),
                        ChatMessage.tool("a", "{\"sky\":\"blue\"}"),
                        ChatMessage.user("And now?")),
                CompletionOptions.NONE
                        .tools(WEATHER)
                        .toolChoice("required")
                        .temperature(0.5)
                        .maxCompletionTokens(99)
                        .stop("END"));

        assertThat(get(client(server).chat(request)).text()).isEqualTo("yes");

        assertConversation(server.onlyRequest().json());
    }

    /** Checks the request of {@link #showsPicturesAndConversationsWithTools}. */
    protected abstract void assertConversation(JsonNode request);

    @Test
    void listsTheModels() {
        LoopbackServer server = serve(Answer.ok(models()));
        ClientOptions options =
                ClientOptions.builder().baseUrl(server.baseUrl()).apiKey(KEY).build();

        assertThat(get(provider().models(options))).containsExactly("m1", "m2");

        assertThat(server.onlyRequest().method()).isEqualTo("GET");
        assertThat(server.onlyRequest().header(keyHeader())).endsWith(KEY);
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
    }

    @Test
    void tellsWhoListensHowMuchIsStillAllowed() {
        List<RateLimits> heard = new ArrayList<>();
        String[] headers = {"x-ratelimit-remaining-requests: 59", "x-ratelimit-reset-tokens: 1m30.5s"};
        ChatModel model =
                client(serve(Answer.json(200, saying("yes"), headers), Answer.json(429, error(429, "no"), headers)));

        StepVerifier.create(Flux.concat(model.chat(HELLO), model.chat(HELLO).onErrorComplete())
                        .contextWrite(context -> RateLimits.listen(context, heard::add)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(heard).hasSize(2).allSatisfy(limits -> {
            assertThat(limits.requests()).isEqualTo(new RateLimits.Window(null, 59L, null));
            assertThat(limits.tokens()).isEqualTo(new RateLimits.Window(null, null, Duration.ofMillis(90_500)));
        });
    }
}
