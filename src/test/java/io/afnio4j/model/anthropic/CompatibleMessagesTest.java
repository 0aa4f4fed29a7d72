package io.afnio4j.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Servers and gateways that speak the protocol in their own way. */
class CompatibleMessagesTest extends OpenAiTestSupport {

    private ChatModel answering(Answer... script) {
        ClientOptions options = ClientOptions.builder()
                .baseUrl(serve(script).baseUrl())
                .apiKey(KEY)
                .build();
        return new AnthropicProvider(() -> null).create("claude", options);
    }

    private Usage toldAtTheEnd(String counts) {
        try (ChatModel model = answering(Answer.events(
                AnthropicContractTest.start(),
                AnthropicContractTest.event(
                        "content_block_start", "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"yes\"}"),
                AnthropicContractTest.event(
                        "message_delta", "\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{" + counts + "}")))) {
            List<ChatChunk> pieces = get(model.stream(HELLO).collectList());
            return Objects.requireNonNull(pieces.get(pieces.size() - 1).usage());
        }
    }

    @Test
    void takesNoCountBackForTheZeroOfALaterEvent() {
        assertThat(toldAtTheEnd("\"input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":7"))
                .isEqualTo(new Usage(11, 3, 2, 7, 0));
    }

    @Test
    void takesTheLaterCountAlsoWhereItIsTheSmallerOne() {
        assertThat(toldAtTheEnd("\"input_tokens\":1,\"cache_read_input_tokens\":8,\"output_tokens\":7"))
                .isEqualTo(new Usage(11, 8, 2, 7, 0));
    }

    @Test
    void readsWordsThatAreNoBlocks() {
        try (ChatModel model = answering(Answer.ok("{\"content\":\"yes\",\"stop_reason\":\"end_turn\"}"))) {
            assertThat(get(model.chat(HELLO)).text()).isEqualTo("yes");
        }
    }

    @Test
    void readsAnInputThatIsAText() {
        String call =
                "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"weather\",\"input\":\"{\\\"city\\\":\\\"Rome\\\"}\"}";
        try (ChatModel model = answering(Answer.ok(AnthropicContractTest.message(call, "tool_use")))) {
            assertThat(get(model.chat(HELLO)).toolCalls())
                    .containsExactly(new ToolCall("a", "weather", "{\"city\":\"Rome\"}"));
        }
    }
}
