package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.ModelClient;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.WrittenJson;
import io.afnio4j.model.structured.Structured;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** What a server refuses, further requests do without. */
class ConcessionsTest extends OpenAiTestSupport {

    private static final String FORMAT = "response_format";

    private static final CompletionOptions AS_SCORE = CompletionOptions.NONE.responseFormat(ResponseFormat.jsonSchema(
            "score", Map.of("type", "object", "properties", Map.of("score", Map.of("type", "integer")))));

    private static final ChatRequest SCORED = new ChatRequest(HELLO.messages(), AS_SCORE);

    record Score(int score) {}

    @Test
    void streamsDoWithoutTheirUsage() {
        LoopbackServer server =
                serve(refusingStreamOptions(), Answer.events(Completions.word("yes"), Completions.done()));
        ChatModel model = client(server);

        assertThat(failureOf(model.stream(HELLO).collectList()))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("Extra inputs are not permitted")
                .hasMessageContaining("asked again without the usage of the stream");
        run(model.stream(HELLO).collectList());

        assertThat(server.requests())
                .extracting(request -> request.json().has("stream_options"))
                .containsExactly(true, false);
    }

    @Test
    void streamsDoWithoutTheirUsageAlsoWhereTheCallerAskedForIt() {
        LoopbackServer server =
                serve(refusingStreamOptions(), Answer.events(Completions.word("yes"), Completions.done()));
        ChatModel model = client(server);
        ChatRequest asking = new ChatRequest(
                HELLO.messages(), CompletionOptions.NONE.with("stream_options", Map.of("include_usage", true)));

        assertThat(failureOf(model.stream(asking).collectList())).isInstanceOf(UnavailableException.class);
        run(model.stream(asking).collectList());

        assertThat(server.requests().get(1).json().has("stream_options")).isFalse();
    }

    @Test
    void furtherStreamsAskForTheirUsageWhereARefusalOnlyQuotedTheRequest() {
        LoopbackServer server = serve(
                Answer.json(400, "{\"detail\":\"bad field in {'stream_options': {'include_usage': True}}\"}"),
                Answer.json(400, "{\"detail\":\"bad field in {'stream': True}\"}"),
                Answer.events(Completions.word("yes"), Completions.done()));
        ChatModel model = client(server);

        assertThat(failureOf(model.stream(HELLO).collectList())).isInstanceOf(UnavailableException.class);
        assertThat(failureOf(model.stream(HELLO).collectList())).isInstanceOf(RejectedRequestException.class);
        run(model.stream(HELLO).collectList());

        assertThat(server.requests())
                .extracting(request -> request.json().has("stream_options"))
                .containsExactly(true, false, true);
    }

    @Test
    void aLimitOnAnswersGoesByItsOlderName() {
        LoopbackServer server =
                LoopbackServer.reacting(request -> request.json().has("max_completion_tokens")
                        ? Answer.json(
                                422,
                                "{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"max_completion_tokens\"],"
                                        + "\"msg\":\"Extra inputs are not permitted\",\"input\":30}]}")
                        : Completions.answer("yes"));
        ChatRequest brief = new ChatRequest(HELLO.messages(), CompletionOptions.NONE.maxCompletionTokens(30));

        assertThat(answers(server, model -> model.chat(brief).flux().concatWith(model.chat(brief))))
                .hasSize(2);

        assertThat(server.requests())
                .extracting(request -> request.json().path("max_tokens").asInt(0))
                .containsExactly(0, 30, 30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "max_completion_tokens is too large: 900000. This model supports 16384.",
                "Invalid 'max_completion_tokens': integer above maximum value. Expected a value <= 16384.",
                "max_completion_tokens must be less than or equal to 16384"
            })
    void aLimitThatIsTooLargeStaysWhatItIs(String refusal) {
        LoopbackServer server = serve(refusing(400, refusal));
        ChatRequest endless = new ChatRequest(HELLO.messages(), CompletionOptions.NONE.maxCompletionTokens(900_000));

        assertThat(failureOf(client(server).chat(endless))).isInstanceOf(RejectedRequestException.class);
    }

    @Test
    void aConcessionToOneRequestFailsNoOther() {
        String insisting = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.";
        ChatModel model = client(
                serve(refusing(400, "max_completion_tokens: no"), refusing(400, insisting), Completions.answer("yes")));
        ChatRequest wrong = new ChatRequest(HELLO.messages(), CompletionOptions.NONE.maxCompletionTokens(1));
        ChatRequest right = new ChatRequest(HELLO.messages(), CompletionOptions.NONE.maxCompletionTokens(30));

        assertThat(failureOf(model.chat(wrong))).isInstanceOf(UnavailableException.class);
        assertThat(failureOf(model.chat(right)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageEndingWith("It is asked again with the newer name of max_tokens.");
        assertThat(get(model.chat(right)).text()).isEqualTo("yes");
    }

    @Test
    void aFailureThatMayPassSaysNothingAboutTheForm() {
        LoopbackServer server = serve(
                refusing(400, "json_schema is not supported"),
                refusing(500, "a fault within"),
                Completions.answer("{}"));
        ChatModel model = client(server);

        assertThat(failureOf(model.chat(SCORED))).isInstanceOf(UnavailableException.class);
        assertThat(failureOf(model.chat(SCORED))).isInstanceOf(UnavailableException.class);
        run(model.chat(SCORED));

        assertThat(server.requests())
                .extracting(
                        request -> request.json().at("/response_format/type").asString(""))
                .containsExactly("json_schema", "json_object", "json_object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "This response_format type is unavailable now", // DeepSeek
                "This model does not support response format `json_schema`.", // Groq
                "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", // OpenAI
                "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later", // Azure
                "Structured Outputs are not supported by this model."
            })
    void aSchemaGoesByWordsAndAnyObjectIsAskedFor(String refusal) {
        LoopbackServer server = LoopbackServer.reacting(request ->
                isAskedFor("json_schema", request) ? refusing(400, refusal) : Completions.answer("{\"score\":3}"));

        assertThat(answers(
                        server,
                        model -> Structured.of(model, Score.class).ask(HELLO).flux()))
                .containsExactly(new Score(3));

        JsonNode sent = server.requests().get(1).json();
        assertThat(sent.at("/response_format/type").stringValue()).isEqualTo("json_object");
        assertThat(sent.at("/messages/0/content").stringValue())
                .startsWith("Hello\n\n")
                .contains("JSON schema", "\"required\":[\"score\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Invalid value for 'content': expected a string, got null.", // One API
                "invalid message content type: <nil>", // Ollama
                "1 validation error: messages.1.content: Input should be a valid string"
            })
    void aTurnThatOnlyCallsToolsHasAnEmptyTextWhereNullIsRefused(String refusal) {
        LoopbackServer server = LoopbackServer.reacting(request ->
                request.json().at("/messages/1/content").isNull() ? refusing(400, refusal) : Completions.answer("yes"));
        ToolCall call = new ToolCall("a", "f", "{}");
        ChatRequest called = new ChatRequest(
                List.of(
                        ChatMessage.user("Hello"),
                        ChatMessage.assistant("", List.of(call)),
                        ChatMessage.tool("a", "7")),
                CompletionOptions.NONE);

        assertThat(answers(server, model -> model.chat(called).flux().concatWith(model.chat(called))))
                .hasSize(2);

        assertThat(server.requests())
                .extracting(request -> request.json().at("/messages/1/content").asString("")
                        + request.json().at("/messages/1/tool_calls/0/id").asString(""))
                .containsExactly("a", "a", "a");
        assertThat(server.requests().get(2).json().at("/messages/1/content").isString())
                .isTrue();
    }

    @Test
    void weakerFormsConformToThePublishedSchema() {
        for (Concession each : List.of(Concession.ANSWER_LIMIT, Concession.JSON_SCHEMA)) {
            ChatRequest weaker = each.without(new ChatRequest(HELLO.messages(), AS_SCORE.maxCompletionTokens(30)));
            ChatSchema.requireRequest(
                    WrittenJson.of(generator -> new RequestJson("gpt-4o", Map.of()).write(generator, weaker, false)));
        }
    }

    @Test
    void aSchemaGoesByWordsAloneWhereAnyObjectIsRefusedAsWell() {
        LoopbackServer server =
                LoopbackServer.reacting(request -> request.json().has(FORMAT)
                        ? refusing(500, "response_format type must be text")
                        : Completions.answer("{\"score\":3}"));

        assertThat(answers(
                        server,
                        model -> Structured.of(model, Score.class)
                                .ask(HELLO)
                                .flux()
                                .concatWith(Structured.of(model, Score.class).ask(HELLO))))
                .containsExactly(new Score(3), new Score(3));

        assertThat(server.requests())
                .extracting(
                        request -> request.json().at("/response_format/type").asString(""))
                .containsExactly("json_schema", "json_object", "", "");
        assertThat(server.requests().get(3).body()).contains("JSON schema");
    }

    @Test
    void aServerThatRefusesAnyObjectIsStillAskedForASchema() {
        LoopbackServer server = LoopbackServer.reacting(request -> isAskedFor("json_object", request)
                ? refusing(400, "'response_format.type' must be 'json_schema' or 'text'") // LM Studio
                : Completions.answer("{}"));
        ChatRequest object =
                new ChatRequest(HELLO.messages(), CompletionOptions.NONE.responseFormat(ResponseFormat.jsonObject()));

        assertThat(answers(server, model -> model.chat(object).flux().concatWith(model.chat(SCORED))))
                .hasSize(2);

        assertThat(server.requests())
                .extracting(
                        request -> request.json().at("/response_format/type").asString(""))
                .containsExactly("json_object", "", "json_schema");
    }

    @Test
    void aSchemaThatIsNotValidIsTheCallersFault() {
        LoopbackServer server = serve(refusing(400, "Invalid schema for response_format 'score': In context=()"));

        assertThat(failureOf(client(server).chat(SCORED))).isInstanceOf(RejectedRequestException.class);
    }

    @Test
    void aSchemaIsAskedForAgainWhereItWasNotWhatWasWrong() {
        LoopbackServer server = serve(
                refusing(400, "bad request: {'response_format': {...}}"),
                refusing(400, "too many tokens"),
                Completions.answer("{}"));
        ChatModel model = client(server);

        assertThat(failureOf(model.chat(SCORED))).isInstanceOf(UnavailableException.class);
        assertThat(failureOf(model.chat(SCORED))).isInstanceOf(RejectedRequestException.class);
        run(model.chat(SCORED));

        assertThat(server.requests())
                .extracting(
                        request -> request.json().at("/response_format/type").asString(""))
                .containsExactly("json_schema", "json_object", "json_schema");
    }

    @Test
    void whatWasLostBehindAGatewayIsNoRefusalWhateverItQuotes() {
        ChatModel model = client(serve(refusing(504, "timed out: {'response_format': 'json_schema'}")));

        assertThat(failureOf(model.chat(SCORED)))
                .isInstanceOfSatisfying(
                        UnavailableException.class,
                        lost -> assertThat(lost.answerLost()).isTrue());
    }

    @Test
    void theWordsStandBehindWhatTheUserSaidLast() {
        LoopbackServer server = serve(refusing(400, "json_schema is not supported"), Completions.answer("{}"));
        ChatModel model = client(server);
        ChatRequest shown = new ChatRequest(
                List.of(
                        ChatMessage.user("First"),
                        ChatMessage.user(ContentPart.text("Look"), ContentPart.image("image/png", new byte[] {1})),
                        ChatMessage.assistant("I see.")),
                AS_SCORE);

        assertThat(failureOf(model.chat(shown))).isInstanceOf(UnavailableException.class);
        run(model.chat(shown));

        JsonNode messages = server.requests().get(1).json().path("messages");
        assertThat(messages).hasSize(3);
        assertThat(messages.at("/0/content").stringValue()).isEqualTo("First");
        assertThat(messages.at("/1/content/2/text").stringValue()).contains("JSON schema");
    }

    @Test
    void aConversationInWhichNoUserSpeaksIsToldAtItsEnd() {
        LoopbackServer server = serve(refusing(400, "json_schema is not supported"), Completions.answer("{}"));
        ChatModel model = client(server);
        ChatRequest ordered = new ChatRequest(List.of(ChatMessage.system("Score it.")), AS_SCORE);

        assertThat(failureOf(model.chat(ordered))).isInstanceOf(UnavailableException.class);
        run(model.chat(ordered));

        assertThat(server.requests().get(1).json().at("/messages/1/role").stringValue())
                .isEqualTo("user");
    }

    @Test
    void refusalsOfManyCallsAtOnceOpenNoCircuit() {
        LoopbackServer server = LoopbackServer.reacting(request ->
                isAskedFor("json_schema", request) ? refusing(400, "json_schema?") : Completions.answer("{}"));

        assertThat(answers(server, model -> Flux.range(0, 200).flatMap(i -> model.chat(SCORED), 200)))
                .hasSize(200);
    }

    /** What comes of calls of the full client, which asks again by itself. */
    static <T> List<T> answers(LoopbackServer server, Function<ChatModel, Flux<T>> calls) {
        ClientOptions options =
                ClientOptions.builder().baseUrl(server.baseUrl()).apiKey(KEY).build();
        try (server;
                ModelClient client = ModelClient.of("openai/gpt-4o", options)) {
            return get(calls.apply(client).collectList());
        }
    }

    static boolean isAskedFor(String type, LoopbackServer.Request request) {
        return request.json().at("/response_format/type").asString("").equals(type);
    }

    static Answer refusing(int status, String words) {
        return Answer.json(status, "{\"error\":{\"message\":\"" + words + "\",\"type\":\"invalid_request_error\"}}");
    }

    /** As Mistral does. */
    private static Answer refusingStreamOptions() {
        return Answer.json(
                422,
                "{\"object\":\"error\",\"message\":{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"stream_options\","
                        + "\"include_usage\"],\"msg\":\"Extra inputs are not permitted\",\"input\":true}]},\"type\":\"invalid_request_error\"}");
    }
}
