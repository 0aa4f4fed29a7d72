package io.afnio4j.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.WrittenJson;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GeminiTest extends OpenAiTestSupport {

    @ParameterizedTest
    @CsvSource({
        "gemini-2.5-flash, models/gemini-2.5-flash",
        "models/gemini-2.5-flash, models/gemini-2.5-flash",
        "tunedModels/my-own, tunedModels/my-own",
        "a?b, models/a%3Fb",
    })
    void hasTheModelInThePath(String model, String path) {
        LoopbackServer server =
                serve(Answer.ok(GeminiContractTest.response("{\"text\":\"yes\"}", "\"finishReason\":\"STOP\",")));
        try (ChatModel opened = open(model, server)) {
            run(opened.chat(HELLO));
            run(opened.stream(HELLO).collectList());
        }

        assertThat(server.requests())
                .extracting(LoopbackServer.Request::uri)
                .containsExactly("/v1/" + path + ":generateContent", "/v1/" + path + ":streamGenerateContent?alt=sse");
    }

    @Test
    void translatesOptionsAndSendsItsOwnAsTheyAre() {
        JsonNode json = json(new ChatRequest(
                List.of(ChatMessage.user("Hello"), ChatMessage.of("developer", "Be brief.")),
                CompletionOptions.NONE
                        .responseFormat(ResponseFormat.jsonSchema("s", Map.of("type", "object")))
                        .seed(7)
                        .topP(0.9)
                        .toolChoice("weather")
                        .with("tools", List.of(Map.of("googleSearch", Map.of())))
                        .with("generationConfig", Map.of("thinkingConfig", Map.of("thinkingBudget", 0)))
                        .with("safetySettings", List.of())));

        assertThat(json).isEqualTo(JsonMapper.shared().readTree("""
                {"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"Hello"}]}],
                "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["weather"]}},
                "tools":[{"googleSearch":{}}],"safetySettings":[],
                "generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object"},"seed":7,
                  "topP":0.9,"thinkingConfig":{"thinkingBudget":0}}}"""));
    }

    @Test
    void thinksAsHardAsIsAskedUnlessItsOwnWordsSayOtherwise() {
        CompletionOptions low = CompletionOptions.NONE.with("reasoning_effort", "low");
        CompletionOptions own = low.with("generationConfig", Map.of("thinkingConfig", Map.of("thinkingBudget", 9)));

        assertThat(json(new ChatRequest(HELLO.messages(), low)).path("generationConfig"))
                .isEqualTo(JsonMapper.shared().readTree("{\"thinkingConfig\":{\"thinkingLevel\":\"low\"}}"));
        assertThat(json(new ChatRequest(HELLO.messages(), own)).path("generationConfig"))
                .isEqualTo(JsonMapper.shared().readTree("{\"thinkingConfig\":{\"thinkingBudget\":9}}"));
    }

    @Test
    void leavesOutWhatHasNoValueOrNoMeaningHere() {
        assertThat(json(new ChatRequest(
                        HELLO.messages(),
                        CompletionOptions.NONE
                                .with("stop", null)
                                .with("tools", null)
                                .with("tool_choice", null)
                                .with("seed", null)
                                .with("parallel_tool_calls", false)
                                .with("stream_options", Map.of("include_usage", true))
                                .with("user", "me"))))
                .isEqualTo(json(HELLO));
    }

    @Test
    void letsTheUserSayWhatOnlyTheSystemSaysAndNobodySayNothing() {
        JsonNode json = json(ChatRequest.of(ChatMessage.system("Tell a joke."), ChatMessage.assistant("")));

        assertThat(json).isEqualTo(JsonMapper.shared().readTree("""
                {"contents":[{"role":"user","parts":[{"text":"Tell a joke."}]}]}"""));
    }

    @Test
    void leavesOutTheThoughtsOfAnotherProvider() {
        for (String foreign : List.of(
                "gemini at https://elsewhere:443: CqQB",
                "openai at http://localhost:80: {\"reasoning_content\":\"hm\"}",
                "[{\"type\":\"thinking\"}]")) {
            assertThat(sent("gemini-2.5-flash", new ToolCall("a", "f", "{}", foreign))
                            .at("/contents/0/parts"))
                    .isEqualTo(JsonMapper.shared().readTree("""
                            [{"functionCall":{"id":"a","name":"f","args":{}}}]"""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemini-3-pro-preview", "gemini-flash-latest", "publishers/google/models/gemini-3-pro"})
    void saysOfCallsThatAnotherModelMadeThatTheyAreUnsignedWhereThatIsRefusedOtherwise(String model) {
        assertThat(sent(
                                model,
                                new ToolCall("a", "f", "{}", "anthropic at https://there:443: []"),
                                new ToolCall("b", "g", ""))
                        .at("/contents/0/parts"))
                .isEqualTo(JsonMapper.shared().readTree("""
                        [{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"},
                        {"functionCall":{"id":"b","name":"g","args":{}}}]"""));
    }

    /** The request that goes on after calls that a model made. */
    private JsonNode sent(String to, ToolCall... calls) {
        LoopbackServer server =
                serve(Answer.ok(GeminiContractTest.response("{\"text\":\"yes\"}", "\"finishReason\":\"STOP\",")));
        try (ChatModel model = open(to, server)) {
            run(model.chat(
                    ChatRequest.of(ChatMessage.assistant("", List.of(calls)), ChatMessage.tool(calls[0].id(), "1"))));
            return server.onlyRequest().json();
        } finally {
            server.close();
        }
    }

    @Test
    void answersWithoutThoughtsButCountsThem() {
        LoopbackServer server = serve(Answer.ok("""
                {"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"yes","thoughtSignature":"x"}]},
                "finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":1,"thoughtsTokenCount":9}}"""));

        ChatResponse answer = get(open("m", server).chat(HELLO));

        assertThat(answer.text()).isEqualTo("yes");
        assertThat(answer.usage()).isEqualTo(new Usage(4, 0, 10, 9));
    }

    @Test
    void countsAndCallsWhatAStreamBringsAfterItSaidWhyItStopped() {
        String stop = "\"finishReason\":\"STOP\"";
        LoopbackServer server = serve(Answer.events(
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}," + stop
                        + "}],\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":1}}\r\n\r\n",
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]}," + stop + "}]}\r\n\r\n",
                "data: {\"candidates\":[{\"content\":{\"parts\":[" + GeminiContractTest.call("a", "Rome") + "]}," + stop
                        + "}]}\r\n\r\n",
                "data: {\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":120}}\r\n\r\n"));

        assertThat(get(open("m", server).stream(HELLO).collectList()))
                .containsExactly(
                        new ChatChunk("a", null, null),
                        new ChatChunk("b", null, null),
                        new ChatChunk(
                                "",
                                List.of(new ToolCall("a", "weather", "{\"city\":\"Rome\"}")),
                                FinishReason.TOOL_CALLS,
                                Usage.of(5, 120),
                                "gemini/m"));
    }

    @Test
    void readsTheFirstOfSeveralCandidatesWhosePiecesComeMixed() {
        LoopbackServer server = serve(Answer.events(
                piece(0, "fi", ""), piece(1, "sec", ""), piece(1, "ond", "STOP"), piece(0, "rst", "STOP")));

        assertThat(get(open("m", server).stream(HELLO).map(ChatChunk::text).collectList()))
                .containsExactly("fi", "rst", "");
    }

    private static String piece(int index, String text, String reason) {
        return "data: {\"candidates\":[{\"index\":" + index + ",\"content\":{\"parts\":[{\"text\":\"" + text + "\"}]}"
                + (reason.isEmpty() ? "" : ",\"finishReason\":\"" + reason + "\"") + "}]}\r\n\r\n";
    }

    @Test
    void readsArgumentsThatAreAText() {
        String call = "{\"functionCall\":{\"id\":\"a\",\"name\":\"weather\",\"args\":\"{\\\"city\\\":\\\"Rome\\\"}\"}}";
        LoopbackServer server = serve(Answer.ok(GeminiContractTest.response(call, "\"finishReason\":\"STOP\",")));

        assertThat(get(open("m", server).chat(HELLO)).toolCalls())
                .containsExactly(new ToolCall("a", "weather", "{\"city\":\"Rome\"}"));
    }

    @Test
    void passesOverTheEndMarkThatAGatewayPutsBehindAStream() {
        LoopbackServer server = serve(Answer.events(
                "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"}]}\n\n",
                "data: [DONE]\n\n"));

        assertThat(get(open("m", server).stream(HELLO).collectList()))
                .extracting(ChatChunk::text)
                .containsExactly("a", "");
    }

    @Test
    void takesNoStreamForWholeWhoseConnectionWasCutSinceMoreMayHaveBeenToCome() {
        LoopbackServer server = serve(Answer.unfinishedEvents(
                        "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"}]}\r\n\r\n")
                .then(Answer.close()));

        assertThat(failureOf(open("m", server).stream(HELLO).collectList())).isInstanceOf(UnavailableException.class);
    }

    @Test
    void givesSignaturesBackAndMakesUpIdsThatItKeepsToItself() {
        LoopbackServer server = serve(
                Answer.ok(GeminiContractTest.response(
                        "{\"functionCall\":{\"name\":\"f\",\"args\":{\"a\":1}},\"thoughtSignature\":\"sig\"},"
                                + "{\"functionCall\":{\"name\":\"g\"}}",
                        "\"finishReason\":\"STOP\",")),
                Answer.ok(GeminiContractTest.response("{\"text\":\"yes\"}", "\"finishReason\":\"STOP\",")));
        ChatModel model = open("gemini-3-pro", server);
        ChatResponse answer = get(model.chat(HELLO));
        run(model.chat(ChatRequest.of(
                answer.message(),
                ChatMessage.tool("afnio4j-call-0", "plain"),
                ChatMessage.tool("afnio4j-call-1", "{\"x\":1}"))));

        assertThat(answer.toolCalls())
                .containsExactly(
                        new ToolCall(
                                "afnio4j-call-0", "f", "{\"a\":1}", "gemini at http://" + server.address() + ": sig"),
                        new ToolCall("afnio4j-call-1", "g", "{}", null));
        assertThat(server.requests().get(1).json().path("contents"))
                .isEqualTo(JsonMapper.shared().readTree("""
                        [{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"sig"},
                          {"functionCall":{"name":"g","args":{}}}]},
                        {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"plain"}}},
                          {"functionResponse":{"name":"g","response":{"x":1}}}]}]"""));
    }

    @Test
    void refusesAConfigThatIsNoObject() {
        ChatModel model = open("m", serve(Answer.ok("{}")));

        assertThatThrownBy(() -> model.chat(
                        new ChatRequest(HELLO.messages(), CompletionOptions.NONE.with("generationConfig", "{}"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The option 'generationConfig' must be a Map of its fields, not a String.");
    }

    @Test
    void refusesTheAnswerOfAToolThatNobodyCalled() {
        ChatModel model = open("m", serve(Answer.ok("{}")));

        assertThatThrownBy(() -> model.chat(ChatRequest.of(ChatMessage.tool("x", "1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No turn before asks for the tool call 'x' that is answered: Gemini needs both.");
        assertThatThrownBy(() ->
                        model.chat(ChatRequest.of(ChatMessage.assistant("", List.of(new ToolCall("a", "f", "[]"))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a'");
    }

    @Test
    void namesAPromptThatItsFilterStops() {
        assertThat(failureTo(
                        200,
                        "{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":4}}"))
                .isInstanceOfSatisfying(
                        IncompleteAnswerException.class,
                        failure -> assertThat(Usage.spentOn(failure)).isEqualTo(Usage.of(4, 0)));
    }

    @Test
    void asksAgainWhereTheModelMadeACallThatCannotBeRead() {
        assertThat(
                        failureTo(
                                200,
                                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"ha\"}]},\"finishReason\":\"MALFORMED_RESPONSE\"}]}"))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("given up in the middle by the provider (MALFORMED_RESPONSE)");
        assertThat(failureTo(200, "{\"candidates\":[{\"finishReason\":\"MALFORMED_FUNCTION_CALL\"}]}"))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("MALFORMED_FUNCTION_CALL");
    }

    @Test
    void findsTheWaitAndTheReasonInTheDetailsOfAnError() {
        assertThat(failureTo(429, """
                [{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[
                {"@type":"type.googleapis.com/google.rpc.QuotaFailure"},
                {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}]"""))
                .isInstanceOfSatisfying(
                        ThrottledException.class,
                        failure -> assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(34_500)));
        assertThat(failureTo(400, """
                {"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[
                {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"""))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("GEMINI_API_KEY");
    }

    @Test
    void listsModelsOverSeveralPages() {
        LoopbackServer server = serve(
                Answer.ok("{\"models\":[{\"name\":\"models/m1\"}],\"nextPageToken\":\"a=b\"}"),
                Answer.ok("{\"models\":[{\"name\":\"models/m2\"}]}"));

        assertThat(get(new GeminiProvider(() -> null)
                        .models(ClientOptions.builder()
                                .baseUrl(server.baseUrl())
                                .build())))
                .containsExactly("m1", "m2");
        assertThat(server.requests().get(1).uri()).isEqualTo("/v1/models?pageSize=1000&pageToken=a%3Db");
    }

    @Test
    void stopsWhereAListLeadsInACircleOrHasNoEnd() {
        LoopbackServer circle = serve(page("x"));
        assertThat(get(models(circle))).containsExactly("m", "m");
        assertThat(circle.requests()).hasSize(2);

        AtomicInteger pages = new AtomicInteger();
        try (LoopbackServer endless = LoopbackServer.reacting(request -> page("p" + pages.incrementAndGet()))) {
            assertThat(get(models(endless))).hasSize(100);
        }
    }

    private static Answer page(String next) {
        return Answer.ok("{\"models\":[{\"name\":\"models/m\"}],\"nextPageToken\":\"" + next + "\"}");
    }

    private static Mono<List<String>> models(LoopbackServer server) {
        return new GeminiProvider(() -> null)
                .models(ClientOptions.builder().baseUrl(server.baseUrl()).build());
    }

    private Throwable failureTo(int status, String body) {
        return failureOf(open("m", serve(Answer.json(status, body))).chat(HELLO));
    }

    private static ChatModel open(String model, LoopbackServer server) {
        return new GeminiProvider(() -> null)
                .create(model, ClientOptions.builder().baseUrl(server.baseUrl()).build());
    }

    private static JsonNode json(ChatRequest request) {
        return WrittenJson.of(generator -> new GenerateJson("m", Map.of()).write(generator, request));
    }
}
