package io.afnio4j.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.afnio4j.model.Tool;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.WrittenJson;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AnthropicTest extends OpenAiTestSupport {

    private static final String THOUGHTS = "[{\"type\":\"thinking\",\"thinking\":\"hm, hm\",\"signature\":\"sig\"},"
            + "{\"type\":\"redacted_thinking\",\"data\":\"xyz\"}]";

    @Test
    void sendsTheVersionAndALimitThatTheApiWants() {
        LoopbackServer server = serve(
                Answer.ok(AnthropicContractTest.message("{\"type\":\"text\",\"text\":\"yes\"}", "stop_sequence")));

        assertThat(get(open(server).chat(HELLO)).finishReason()).isEqualTo(FinishReason.STOP);

        assertThat(server.onlyRequest().uri()).isEqualTo("/v1/messages");
        assertThat(server.onlyRequest().header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(server.onlyRequest().json()).isEqualTo(JsonMapper.shared().readTree("""
                {"model":"claude","messages":[{"role":"user","content":"Hello"}],"max_tokens":8192}"""));
        assertThat(open(server).ownAnswerLimit()).isEqualTo(8_192);
    }

    @Test
    void translatesOptionsAndSendsItsOwnAsTheyAre() {
        JsonNode json = json(new ChatRequest(
                List.of(ChatMessage.system("one"), ChatMessage.user("Hello"), ChatMessage.of("developer", "two")),
                CompletionOptions.NONE
                        .responseFormat(ResponseFormat.jsonSchema("s", Map.of("type", "object")))
                        .toolChoice("weather")
                        .with("parallel_tool_calls", false)
                        .with("max_tokens", 5)
                        .with("top_k", 3)));

        assertThat(json).isEqualTo(JsonMapper.shared().readTree("""
                {"model":"claude","system":"one\\n\\ntwo","messages":[{"role":"user","content":"Hello"}],"max_tokens":5,
                "output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}},
                "tool_choice":{"type":"tool","name":"weather","disable_parallel_tool_use":true},"top_k":3}"""));
    }

    @Test
    void asksForEffortAndFormatTogetherAndInItsOwnWordsRatherThanInTranslatedOnes() {
        CompletionOptions format =
                CompletionOptions.NONE.responseFormat(ResponseFormat.jsonSchema("s", Map.of("type", "object")));
        CompletionOptions translated = format.with("reasoning_effort", "low");
        CompletionOptions own = CompletionOptions.NONE
                .with("output_config", Map.of("effort", "max"))
                .overriddenBy(translated);

        assertThat(json(new ChatRequest(HELLO.messages(), translated)).path("output_config"))
                .isEqualTo(JsonMapper.shared()
                        .readTree("{\"effort\":\"low\","
                                + "\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}"));
        assertThat(json(new ChatRequest(HELLO.messages(), own)).path("output_config"))
                .isEqualTo(JsonMapper.shared()
                        .readTree("{\"effort\":\"max\","
                                + "\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}"));
    }

    @Test
    void limitsParallelCallsAlsoWhereNoToolIsChosen() {
        assertThat(json(new ChatRequest(HELLO.messages(), CompletionOptions.NONE.with("parallel_tool_calls", false)))
                        .path("tool_choice"))
                .isEqualTo(JsonMapper.shared().readTree("{\"type\":\"auto\",\"disable_parallel_tool_use\":true}"));
    }

    @Test
    void joinsTheAnswersOfSeveralToolsIntoOneTurn() {
        JsonNode json = json(ChatRequest.of(
                ChatMessage.user("Hello"),
                ChatMessage.assistant("", List.of(new ToolCall("a", "f", ""), new ToolCall("b", "g", "{\"x\":1}"))),
                ChatMessage.tool("a", "1"),
                ChatMessage.tool("b", "2")));

        assertThat(json.path("messages")).isEqualTo(JsonMapper.shared().readTree("""
                [{"role":"user","content":"Hello"},
                {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}},
                  {"type":"tool_use","id":"b","name":"g","input":{"x":1}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},
                  {"type":"tool_result","tool_use_id":"b","content":"2"}]}]"""));
    }

    @Test
    void writesTheIdsOfAnotherProvidersCallsAsTheApiTakesThem() {
        ToolCall kimi = new ToolCall("functions.f:0", "f", "{}");
        ToolCall gemini = new ToolCall("call-0", "g", "{}");
        JsonNode messages = json(ChatRequest.of(
                        ChatMessage.assistant("", List.of(kimi, gemini)),
                        ChatMessage.tool("functions.f:0", "1"),
                        ChatMessage.tool("call-0", "2"),
                        ChatMessage.assistant("", List.of(gemini)),
                        ChatMessage.tool("call-0", "3")))
                .path("messages");

        assertThat(messages.findValuesAsString("id")).containsExactly("functions_f_0", "call-0", "call-0_2");
        assertThat(messages.findValuesAsString("tool_use_id")).containsExactly("functions_f_0", "call-0", "call-0_2");
    }

    @Test
    void answersEachOfTwoCallsThatHaveOneId() {
        ToolCall one = new ToolCall("x", "f", "{}");
        JsonNode messages = json(ChatRequest.of(
                        ChatMessage.assistant("", List.of(one, one)),
                        ChatMessage.tool("x", "1"),
                        ChatMessage.tool("x", "2")))
                .path("messages");

        assertThat(messages.findValuesAsString("id")).containsExactly("x", "x_2");
        assertThat(messages.findValuesAsString("tool_use_id")).containsExactly("x", "x_2");
    }

    @Test
    void leavesOutWhatHasNoValueOrNoMeaningHere() {
        assertThat(json(new ChatRequest(
                        HELLO.messages(),
                        CompletionOptions.NONE
                                .with("stop", null)
                                .with("tools", null)
                                .with("tool_choice", null)
                                .with("max_completion_tokens", null)
                                .with("stream_options", Map.of("include_usage", true))
                                .with("user", "me")
                                .with("prompt_cache_key", "k"))))
                .isEqualTo(json(HELLO));
    }

    @Test
    void leavesOutTurnsThatSayNothing() {
        assertThat(json(ChatRequest.of(
                                ChatMessage.user("Hello"),
                                ChatMessage.assistant(""),
                                ChatMessage.user("Are you there?")))
                        .path("messages"))
                .isEqualTo(JsonMapper.shared().readTree("""
                        [{"role":"user","content":"Hello"},{"role":"user","content":"Are you there?"}]"""));
    }

    @Test
    void letsTheUserSayWhatOnlyTheSystemSays() {
        JsonNode json = json(ChatRequest.of(ChatMessage.system("Tell a joke."), ChatMessage.system("A short one.")));

        assertThat(json.has("system")).isFalse();
        assertThat(json.path("messages")).isEqualTo(JsonMapper.shared().readTree("""
                [{"role":"user","content":"Tell a joke.\\n\\nA short one."}]"""));
    }

    @Test
    void mendsTextsThatWereCutWithinAnEmojiWhereverTheyStand() {
        JsonNode json = json(new ChatRequest(
                List.of(ChatMessage.system("s\uD83D"), ChatMessage.user("u\uD83D")),
                CompletionOptions.NONE.stop("x\uD83D").tools(new Tool("f", "d\uD83D", Map.of("k\uD83D", "v\uD83D")))));

        assertThat(json.path("system").stringValue()).isEqualTo("s\uFFFD");
        assertThat(json.path("messages").path(0).path("content").stringValue()).isEqualTo("u\uFFFD");
        assertThat(json.path("stop_sequences").path(0).stringValue()).isEqualTo("x\uFFFD");
        assertThat(json.path("tools").path(0)).isEqualTo(JsonMapper.shared().readTree("""
                {"name":"f","description":"d\uFFFD","input_schema":{"k\uFFFD":"v\uFFFD"}}"""));
    }

    @Test
    void givesThoughtsBackAsTheyCame() {
        String content = THOUGHTS.substring(1, THOUGHTS.length() - 1)
                + ",{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"f\",\"input\":{}}";
        Answer calls = Answer.ok(AnthropicContractTest.message(content, "tool_use"));
        LoopbackServer server = serve(calls, calls);

        ChatResponse answer = get(open(server).chat(HELLO));
        run(open(server).chat(ChatRequest.of(ChatMessage.user("Hello"), answer.message(), ChatMessage.tool("a", "1"))));

        assertThat(answer.toolCalls()).containsExactly(new ToolCall("a", "f", "{}", mark(server) + THOUGHTS));
        assertThat(server.requests().get(1).json().at("/messages/1/content"))
                .isEqualTo(JsonMapper.shared().readTree("[" + content + "]"));
    }

    @Test
    void leavesOutTheThoughtsOfAnotherProvider() {
        for (String foreign : List.of(
                "anthropic at https://elsewhere:443: " + THOUGHTS,
                THOUGHTS,
                "openai at http://localhost:80: {\"reasoning_content\":\"hm\"}",
                "CqQBAb4",
                "")) {
            ToolCall call = new ToolCall("a", "f", "{}", foreign);
            LoopbackServer server =
                    serve(Answer.ok(AnthropicContractTest.message("{\"type\":\"text\",\"text\":\"yes\"}", "end_turn")));
            try (server;
                    ChatModel model = open(server)) {
                run(model.chat(ChatRequest.of(ChatMessage.assistant("", List.of(call)), ChatMessage.tool("a", "1"))));
            }

            assertThat(server.onlyRequest().json().at("/messages/0/content"))
                    .isEqualTo(JsonMapper.shared().readTree("""
                            [{"type":"tool_use","id":"a","name":"f","input":{}}]"""));
        }
    }

    @Test
    void putsStreamedThoughtsTogether() {
        List<String> events = new ArrayList<>(List.of(
                AnthropicContractTest.start(),
                block(0, "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"),
                delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"hm, \"}"),
                delta(0, "{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}"),
                delta(0, "{\"type\":\"signature_delta\",\"signature\":\"sig\"}"),
                block(1, "{\"type\":\"redacted_thinking\",\"data\":\"xyz\"}"),
                AnthropicContractTest.call(2, "a")));
        events.addAll(AnthropicContractTest.end("tool_use"));
        LoopbackServer server = serve(Answer.events(events.toArray(String[]::new)));

        List<ChatChunk> pieces = get(open(server).stream(HELLO).collectList());

        assertThat(pieces).hasSize(1);
        assertThat(pieces.get(0).toolCalls())
                .containsExactly(new ToolCall("a", "weather", "{}", mark(server) + THOUGHTS));
    }

    @Test
    void tellsCallsOnceWhereTheReasonComesSeveralTimes() {
        List<String> events = new ArrayList<>(List.of(
                AnthropicContractTest.start(),
                AnthropicContractTest.call(0, "a"),
                AnthropicContractTest.event(
                        "message_delta", "\"delta\":{\"stop_reason\":null},\"usage\":{\"output_tokens\":3}"),
                AnthropicContractTest.end("tool_use").get(0)));
        events.addAll(AnthropicContractTest.end("tool_use"));
        LoopbackServer server = serve(Answer.events(events.toArray(String[]::new)));

        assertThat(get(open(server).stream(HELLO).collectList()))
                .containsExactly(new ChatChunk(
                        "",
                        List.of(new ToolCall("a", "weather", "{}")),
                        FinishReason.TOOL_CALLS,
                        new Usage(11, 3, 2, 7, 0),
                        "claude-sonnet-4-5-20250929"));
    }

    @Test
    void takesTheInputOfAStreamedCallThatCameWhole() {
        List<String> events = new ArrayList<>(List.of(
                AnthropicContractTest.start(),
                block(0, "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"weather\",\"input\":{\"city\":\"Rome\"}}")));
        events.addAll(AnthropicContractTest.end("tool_use"));
        LoopbackServer server = serve(Answer.events(events.toArray(String[]::new)));

        assertThat(get(open(server).stream(HELLO).collectList()))
                .flatExtracting(ChatChunk::toolCalls)
                .containsExactly(new ToolCall("a", "weather", "{\"city\":\"Rome\"}"));
    }

    private static String block(int index, String content) {
        return AnthropicContractTest.event(
                "content_block_start", "\"index\":" + index + ",\"content_block\":" + content);
    }

    private static String delta(int index, String delta) {
        return AnthropicContractTest.event("content_block_delta", "\"index\":" + index + ",\"delta\":" + delta);
    }

    @Test
    void doesNotMindWhatFollowsTheLastEventAndIsNotFooledByWords() {
        List<String> events = new ArrayList<>(List.of(
                AnthropicContractTest.start(),
                block(0, "{\"type\":\"text\",\"text\":\"\"}"),
                delta(0, "{\"type\":\"text_delta\",\"text\":\"{\\\"type\\\":\\\"message_stop\\\"}\"}"),
                delta(0, "{\"type\":\"text_delta\",\"text\":\"!\"}")));
        events.addAll(AnthropicContractTest.end("end_turn"));
        LoopbackServer server =
                serve(Answer.unfinishedEvents(events.toArray(String[]::new)).then(Answer.close()));

        assertThat(get(open(server).stream(HELLO).map(ChatChunk::text).collectList()))
                .containsExactly("{\"type\":\"message_stop\"}", "!", "");
    }

    @Test
    void namesAnOverload() {
        LoopbackServer server = serve(Answer.json(
                529, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}"));

        assertThat(failureOf(open(server).chat(HELLO)))
                .isInstanceOf(UnavailableException.class)
                .hasMessage(server.address() + " answered 529: Overloaded. It may work again later.");
    }

    @Test
    void refusesWhatTheApiCannotDoAtTheCall() {
        ChatModel model = open(serve(Answer.ok("{}")));

        assertThatThrownBy(() -> model.chat(new ChatRequest(
                        HELLO.messages(), CompletionOptions.NONE.responseFormat(ResponseFormat.jsonObject()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Anthropic has no JSON mode without a schema: use ResponseFormat.jsonSchema(...).");
        assertThatThrownBy(() -> model.chat(
                        new ChatRequest(HELLO.messages(), CompletionOptions.NONE.with("output_config", "{}"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The option 'output_config' must be a Map of its fields, not a String.");
        assertThatThrownBy(() -> model.chat(
                        ChatRequest.of(ChatMessage.assistant("", List.of(new ToolCall("a", "f", "{\"secret"))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a'")
                .hasMessageNotContaining("secret");
    }

    @Test
    void listsModelsOverSeveralPages() {
        LoopbackServer server = serve(
                Answer.ok("{\"data\":[{\"id\":\"m1\"}],\"has_more\":true,\"last_id\":\"m 1\"}"),
                Answer.ok("{\"data\":[{\"id\":\"m2\"}],\"has_more\":false}"));

        assertThat(get(new AnthropicProvider(() -> null)
                        .models(ClientOptions.builder()
                                .baseUrl(server.baseUrl())
                                .build())))
                .containsExactly("m1", "m2");
        assertThat(server.requests().get(1).uri()).isEqualTo("/v1/models?limit=1000&after_id=m%201");
    }

    @Test
    void stopsWhereAListLeadsNowhereOrInACircle() {
        for (String next : List.of("null", "\"a\"")) {
            LoopbackServer server =
                    serve(Answer.ok("{\"data\":[{\"id\":\"a\"}],\"has_more\":true,\"last_id\":" + next + "}"));

            assertThat(get(new AnthropicProvider(() -> null)
                            .models(ClientOptions.builder()
                                    .baseUrl(server.baseUrl())
                                    .build())))
                    .contains("a");
            assertThat(server.requests()).hasSize(next.equals("null") ? 1 : 2);
        }
    }

    private static String mark(LoopbackServer server) {
        return "anthropic at http://" + server.address() + ": ";
    }

    private ChatModel open(LoopbackServer server) {
        return new AnthropicProvider(() -> null)
                .create(
                        "claude",
                        ClientOptions.builder().baseUrl(server.baseUrl()).build());
    }

    private static JsonNode json(ChatRequest request) {
        return WrittenJson.of(generator -> new MessagesJson("claude", Map.of()).write(generator, request, false));
    }
}
