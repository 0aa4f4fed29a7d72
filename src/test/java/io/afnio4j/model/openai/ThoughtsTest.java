package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.StreamedAnswer;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.limit.FallbackChatModel;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What comes back to a server of the thoughts that it sent. */
class ThoughtsTest extends OpenAiTestSupport {

    private static final String CALLS = "\"tool_calls\":[{\"index\":0,\"id\":\"x\",\"type\":\"function\","
            + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},{\"index\":1,\"id\":\"y\",\"type\":\"function\","
            + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"reasoning_content\":\"hm, hm\"",
                "\"reasoning_content\":\"\"",
                "\"reasoning\":\"hm\"",
                "\"reasoning\":\"hm\",\"reasoning_content\":\"hm\"",
                "\"reasoning\":\"hm\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"hm\",\"signature\":\"s\",\"index\":0},"
                        + "{\"type\":\"reasoning.encrypted\",\"data\":\"xyz\",\"id\":\"a\",\"index\":0},"
                        + "{\"type\":\"reasoning.encrypted\",\"data\":\"uvw\",\"id\":\"b\",\"index\":0}]",
            })
    void goBackAsTheyCameWithTheMessageThatCalls(String thoughts) {
        String message = "{\"role\":\"assistant\",\"content\":null," + thoughts + "," + CALLS + "}";
        JsonNode expected = JsonMapper.shared().readTree("{" + thoughts + "}");

        assertThat(thoughtsIn(sentAfter(Answer.ok(Completions.of(message, "\"tool_calls\"", "null")), false)))
                .isEqualTo(expected);
        assertThat(thoughtsIn(sentAfter(
                        Answer.events(
                                Completions.event("{" + thoughts + "}", "null"),
                                Completions.event("{" + CALLS + "}", "\"tool_calls\""),
                                Completions.done()),
                        true)))
                .isEqualTo(expected);
    }

    @Test
    void arePutTogetherFromTheirPieces() {
        JsonNode sent = sentAfter(
                Answer.events(
                        Completions.event("{\"reasoning_content\":\"h\",\"content\":null}", "null"),
                        Completions.event("{\"reasoning_content\":\"m\"}", "null"),
                        detail("\"text\":\"l\",\"format\":\"f\",\"signature\":null,\"index\":0"),
                        detail("\"text\":\"et\",\"index\":0"),
                        detail("\"text\":\"2\",\"index\":1"),
                        detail("\"signature\":\"s\",\"format\":null,\"index\":0"),
                        Completions.event("{\"reasoning_content\":null," + CALLS + "}", "\"tool_calls\""),
                        Completions.done()),
                true);

        assertThat(thoughtsIn(sent)).isEqualTo(JsonMapper.shared().readTree("""
                {"reasoning_content":"hm","reasoning_details":[
                {"type":"reasoning.text","text":"let","format":"f","signature":"s","index":0},
                {"type":"reasoning.text","text":"2","index":1}]}"""));
    }

    private static String detail(String fields) {
        return Completions.event("{\"reasoning_details\":[{\"type\":\"reasoning.text\"," + fields + "}]}", "null");
    }

    @Test
    void ofWhichNobodySaysWhereTheyBelongStayApart() {
        JsonNode sent = sentAfter(
                Answer.events(
                        detail("\"text\":\"a\""),
                        detail("\"text\":\"b\""),
                        detail("\"text\":\"c\",\"index\":null"),
                        Completions.event("{" + CALLS + "}", "\"tool_calls\""),
                        Completions.done()),
                true);

        assertThat(sent.path("reasoning_details").findValuesAsString("text")).containsExactly("a", "b", "c");
    }

    @Test
    void areDroppedWhereNothingIsCalled() {
        ChatResponse answer = answerTo(
                Answer.ok(Completions.of("{\"content\":\"yes\",\"reasoning_content\":\"hm\"}", "\"stop\"", "null")));

        assertThat(answer.message()).isEqualTo(ChatMessage.assistant("yes"));
    }

    @Test
    void goBesideWhatTheServerAddedToTheCallItself() {
        String signed =
                CALLS.replaceFirst("\"id\"", "\"extra_content\":{\"google\":{\"thought_signature\":\"sig\"}},\"id\"");
        JsonNode sent = sentAfter(
                Answer.ok(Completions.of("{\"reasoning_content\":\"hm\"," + signed + "}", "\"tool_calls\"", "null")),
                false);

        assertThat(sent.path("reasoning_content").stringValue()).isEqualTo("hm");
        assertThat(sent.at("/tool_calls/0/extra_content/google/thought_signature")
                        .stringValue())
                .isEqualTo("sig");
        assertThat(sent.at("/tool_calls/1").has("extra_content")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"type\":\"thinking\",\"thinking\":\"hm\"}]", "CqQBAb4", "\"quoted\"", "12", ""})
    void ofAnotherProviderAreLeftOut(String signature) {
        LoopbackServer server = serve(Completions.answer("yes"));
        ToolCall call = new ToolCall("x", "f", "{}", signature);

        run(client(server)
                .chat(ChatRequest.of(ChatMessage.assistant("", List.of(call)), ChatMessage.tool("x", "done"))));

        assertThat(server.onlyRequest().json().at("/messages/0"))
                .isEqualTo(JsonMapper.shared().readTree("""
                {"role":"assistant","content":null,
                "tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}}]}"""));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goToNobodyElseWhereAnotherModelHasToGoOn(boolean streamed) {
        String thoughts = "{\"reasoning_content\":\"hm\"," + CALLS + "}";
        Answer calls = streamed
                ? Answer.events(Completions.event(thoughts, "\"tool_calls\""), Completions.done())
                : Answer.ok(Completions.of(thoughts, "\"tool_calls\"", "null"));
        Answer down = Answer.json(503, "{}");
        try (LoopbackServer first = LoopbackServer.answering(calls, down);
                LoopbackServer second = LoopbackServer.answering(Completions.answer("yes"));
                ChatModel model = FallbackChatModel.of(client(first), client(second))) {
            ChatResponse answer = answerOf(model, streamed);

            assertThat(get(model.chat(ChatRequest.of(HELLO.messages().get(0), answer.message())))
                            .text())
                    .isEqualTo("yes");

            assertThat(first.requests()
                            .get(1)
                            .json()
                            .at("/messages/1/reasoning_content")
                            .stringValue())
                    .isEqualTo("hm");
            assertThat(thoughtsIn(second.onlyRequest().json().at("/messages/1")))
                    .isEmpty();
        }
    }

    /** The assistant's message in the request that follows an answer. */
    private JsonNode sentAfter(Answer first, boolean streamed) {
        LoopbackServer server = serve(first, Completions.answer("yes"));
        ChatModel model = client(server);
        ChatResponse answer = answerOf(model, streamed);
        List<ChatMessage> talk = new ArrayList<>(List.of(HELLO.messages().get(0), answer.message()));
        answer.toolCalls().forEach(call -> talk.add(ChatMessage.tool(call.id(), "done")));
        run(model.chat(ChatRequest.of(talk.toArray(ChatMessage[]::new))));
        return server.requests().get(1).json().at("/messages/1");
    }

    private static ChatResponse answerOf(ChatModel model, boolean streamed) {
        StreamedAnswer pieces = new StreamedAnswer();
        return streamed
                ? get(model.stream(HELLO).doOnNext(pieces::add).then().thenReturn(pieces))
                        .whole("m")
                : get(model.chat(HELLO));
    }

    private static JsonNode thoughtsIn(JsonNode message) {
        return ((ObjectNode) message.deepCopy()).remove(List.of("role", "content", "tool_calls"));
    }
}
