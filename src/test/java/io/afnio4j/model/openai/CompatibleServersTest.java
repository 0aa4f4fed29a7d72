package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RejectedRequestException;
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
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Servers that speak the protocol in their own way: requests as they want them, answers as they send them. */
class CompatibleServersTest extends OpenAiTestSupport {

    @Nested
    class Azure {

        @Test
        void hasTheDeploymentInThePathTheVersionInTheQueryAndTheKeyInItsOwnHeader() {
            LoopbackServer server = serve(Answer.ok("""
                    {"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"finish_reason":"stop",
                    "index":0,"logprobs":null,"message":{"annotations":[],"content":"yes","refusal":null,"role":"assistant"}}],
                    "created":1,"id":"c","model":"gpt-4o-2024-11-20","object":"chat.completion","prompt_filter_results":
                    [{"prompt_index":0,"content_filter_results":{}}],"system_fingerprint":"f","usage":{"completion_tokens":1,
                    "completion_tokens_details":{"reasoning_tokens":0},"prompt_tokens":9,"total_tokens":10}}"""));
            ClientOptions options = ClientOptions.builder()
                    .baseUrl("http://" + server.address() + "/openai/deployments/mine")
                    .apiKey(KEY)
                    .connection(ConnectionOptions.builder()
                            .keyHeader("api-key")
                            .queryParameter("api-version", "2024-10-21")
                            .build())
                    .build();

            assertThat(get(client(options).chat(HELLO)))
                    .isEqualTo(new ChatResponse("yes", FinishReason.STOP, Usage.of(9, 1), "gpt-4o-2024-11-20"));

            assertThat(server.onlyRequest().uri())
                    .isEqualTo("/openai/deployments/mine/chat/completions?api-version=2024-10-21");
            assertThat(server.onlyRequest().header("api-key")).isEqualTo(KEY);
            assertThat(server.onlyRequest().headers().contains("authorization")).isFalse();
        }

        @Test
        void beginsAStreamWithAChunkOfFilterResultsWithoutChoices() {
            assertThat(words(
                            "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\","
                                    + "\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n",
                            Completions.word("yes"),
                            Completions.stop(),
                            Completions.done()))
                    .isEqualTo("yes");
        }

        @Test
        void refusesAPromptThatItsFilterStops() {
            assertThat(failureOf(Answer.json(
                            400,
                            "{\"error\":{\"message\":\"The response was filtered\",\"type\":null,\"param\":\"prompt\","
                                    + "\"code\":\"content_filter\",\"status\":400}}")))
                    .isInstanceOf(RejectedRequestException.class)
                    .hasMessageContaining("The response was filtered");
        }
    }

    @Test
    void ollamaNeedsNoKeyAndGivesItsErrorsAsText() {
        LoopbackServer server =
                serve(Answer.json(404, "{\"error\":\"model \\\"gpt-4o\\\" not found, try pulling it first\"}"));
        ChatModel model =
                client(ClientOptions.builder().baseUrl(server.baseUrl()).build());

        assertThat(failureOf(model.chat(HELLO))).isInstanceOf(UnknownModelException.class);
        assertThat(server.onlyRequest().headers().contains("authorization")).isFalse();
    }

    @Test
    void vllmLeavesToolIndexAndUsageDetailsOutAndHasFieldsOfItsOwn() {
        assertThat(answerTo(Answer.ok("""
                {"id":"c","object":"chat.completion","created":1,"model":"qwen","choices":[{"index":0,"message":{"role":"assistant",
                "content":"yes","refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[],
                "reasoning_content":null},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}],
                "service_tier":null,"usage":{"prompt_tokens":5,"total_tokens":7,"completion_tokens":2,"prompt_tokens_details":null},
                "prompt_logprobs":null,"kv_transfer_params":null}""")))
                .isEqualTo(new ChatResponse("yes", FinishReason.STOP, Usage.of(5, 2), "qwen"));
    }

    @Test
    void llamaCppIsBusyWhileItLoadsItsModel() {
        assertThat(failureOf(Answer.json(
                        503,
                        "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}")))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("Loading model");
    }

    @Test
    void llamaCppHasTimingsInItsLastChunk() {
        assertThat(words(
                        Completions.word("yes"),
                        "data: {\"choices\":[{\"finish_reason\":\"stop\",\"index\":0,\"delta\":{}}],\"timings\":{\"prompt_n\":1}}\n\n",
                        Completions.done()))
                .isEqualTo("yes");
    }

    @Test
    void lmStudioNamesTheEventOfAnError() {
        assertThat(failureOf(stream("event: error\ndata: {\"error\":{\"message\":\"Context full\"}}\n\n")
                        .collectList()))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("Context full");
    }

    @Test
    void openRouterSendsCommentsBlankLinesAndErrorsInAChoice() {
        assertThat(words(
                        ": OPENROUTER PROCESSING\n\n",
                        Completions.word("yes"),
                        ": OPENROUTER PROCESSING\n\n",
                        Completions.stop(),
                        Completions.done()))
                .isEqualTo("yes");
        assertThat(answerTo(Answer.ok("\n\n    \n" + Completions.saying("yes"))).text())
                .isEqualTo("yes");
        assertThat(failureOf(Answer.ok("{\"choices\":[{\"error\":{\"code\":429,\"message\":\"upstream\"},"
                        + "\"finish_reason\":\"error\",\"message\":{\"content\":\"\"}}]}")))
                .isInstanceOf(ThrottledException.class);
        assertThat(failureOf(
                        stream("data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n")
                                .collectList()))
                .isInstanceOf(BrokenAnswerException.class);
        assertThat(failureOf(Answer.json(402, "{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}")))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("billing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],"
                        + "\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":1}}}",
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":1}}]}",
            })
    void groqAndMoonshotHaveTheUsageOfAStreamInPlacesOfTheirOwn(String last) {
        List<ChatChunk> pieces = get(stream(Completions.word("yes"), "data: " + last + "\n\n", Completions.done())
                .collectList());

        assertThat(pieces.get(1).usage()).isEqualTo(Usage.of(4, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cache_write_tokens", "cache_creation_input_tokens"})
    void openAiAndAlibabaSayWhatTheyPutIntoTheirCaches(String field) {
        assertThat(answerTo(Answer.ok(Completions.of(
                                "{\"content\":\"yes\"}",
                                "\"stop\"",
                                "{\"prompt_tokens\":3438,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":20,\""
                                        + field + "\":3000}}")))
                        .usage())
                .isEqualTo(new Usage(3438, 20, 3000, 2, 0));
    }

    @Test
    void deepSeekCountsItsCacheByAnotherNameAndCanRunOutOfResources() {
        assertThat(answerTo(Answer.ok(Completions.of(
                                "{\"content\":\"yes\",\"reasoning_content\":\"hm\"}",
                                "\"stop\"",
                                "{\"prompt_tokens\":10,\"completion_tokens\":2,\"prompt_cache_hit_tokens\":8,"
                                        + "\"prompt_cache_miss_tokens\":2}")))
                        .usage())
                .isEqualTo(new Usage(10, 8, 2, 0));
        assertThat(failureOf(
                        Answer.ok(Completions.of("{\"content\":\"ye\"}", "\"insufficient_system_resource\"", "null"))))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessage("The answer of openai/gpt-4o was given up in the middle by the provider"
                        + " (insufficient_system_resource).");
    }

    @Test
    void doesWithoutUsageInStreamsThatDoNotReportIt() {
        assertThat(get(stream(Completions.word("yes"), Completions.stop(), Completions.done())
                        .collectList()))
                .isNotEmpty()
                .allSatisfy(piece -> assertThat(piece.usage()).isNull());
    }

    @Test
    void leavesOutStreamOptionsForServersThatDoNotKnowThem() {
        LoopbackServer server = serve(Answer.events(Completions.word("yes"), Completions.done()));

        run(client(server, options -> options.bodyField("stream_options", null)).stream(HELLO)
                .collectList());

        assertThat(server.onlyRequest().json().has("stream_options")).isFalse();
    }

    @Test
    void takesNoPieceForAWholeMessage() {
        ChatModel model = client(serve(Answer.events(
                "data: {\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n\n",
                "data: {\"choices\":[{\"message\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n")));

        assertThat(failureOf(model.stream(HELLO).collectList())).hasMessageContaining("no content");
    }

    @Test
    void readsTheFirstOfSeveralAnswersWhereverItStands() {
        assertThat(answerTo(
                                Answer.ok(
                                        "{\"choices\":[{\"index\":1,\"message\":{\"content\":\"second\"},\"finish_reason\":\"stop\"},"
                                                + "{\"index\":0,\"message\":{\"content\":\"first\"},\"finish_reason\":\"stop\"}]}"))
                        .text())
                .isEqualTo("first");
    }

    @Test
    void putsTheClientsFieldsBeneathTheRequestsOwn() {
        LoopbackServer server = serve(Completions.answer("yes"));
        ChatModel model = client(
                server,
                options -> options.bodyField("top_k", 5)
                        .bodyField("temperature", 1)
                        .bodyField("left_out", null));

        run(model.chat(new ChatRequest(HELLO.messages(), CompletionOptions.NONE.temperature(0.1))));

        assertThat(server.onlyRequest().json().path("top_k").intValue()).isEqualTo(5);
        assertThat(server.onlyRequest().json().path("temperature").doubleValue())
                .isEqualTo(0.1);
        assertThat(server.onlyRequest().json().has("left_out")).isFalse();
    }

    @Test
    void putsCallsTogetherThatHaveNoIndexNoIdOrObjectsForArguments() {
        assertThat(answerTo(Answer.ok(Completions.of(
                                "{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]}",
                                "\"tool_calls\"",
                                "null")))
                        .toolCalls())
                .containsExactly(new ToolCall("call_0", "f", "{\"a\":1}"));
    }

    @Test
    void tellsOfStreamedCallsThatNoFinishReasonFollows() {
        List<ChatChunk> pieces = get(stream(
                        Completions.event(
                                "{\"tool_calls\":[{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}",
                                "null"),
                        Completions.done())
                .collectList());

        assertThat(pieces).containsExactly(new ChatChunk("", List.of(new ToolCall("x", "f", "{}")), null, null, null));
    }

    @Test
    void givesBackWhatAServerAddedToACall() {
        LoopbackServer server = serve(
                Answer.ok(Completions.of(
                        "{\"content\":null,\"tool_calls\":[{\"id\":\"x\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                                + "\"arguments\":\"{}\"},\"extra_content\":{\"google\":{\"thought_signature\":\"sig\"}}}]}",
                        "\"tool_calls\"",
                        "null")),
                Completions.answer("yes"));
        ChatModel model = client(server);
        ChatResponse first = get(model.chat(HELLO));

        run(model.chat(ChatRequest.of(HELLO.messages().get(0), first.message(), ChatMessage.tool("x", "done"))));

        assertThat(server.requests()
                        .get(1)
                        .json()
                        .at("/messages/1/tool_calls/0/extra_content/google/thought_signature")
                        .stringValue())
                .isEqualTo("sig");
        assertThat(server.requests().get(1).json().at("/messages/1/content").isNull())
                .isTrue();
    }

    private Flux<ChatChunk> stream(String... events) {
        return client(serve(Answer.events(events))).stream(HELLO);
    }

    private String words(String... events) {
        return get(stream(events).map(ChatChunk::text).collect(Collectors.joining()));
    }
}
