package io.afnio4j.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ToolCall;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What Gemini sends in place of events where the wish for them was lost. */
class ArrayedStreamTest extends OpenAiTestSupport {

    @Test
    void readsAStreamThatComesAsAnArray() {
        String hel = GeminiContractTest.response("{\"text\":\"Hel\"}", "");
        String lo = GeminiContractTest.response("{\"text\":\"lo\"}", "\"finishReason\":\"STOP\",");
        String call = GeminiContractTest.response(GeminiContractTest.call("a", "Rome"), "");
        String overload = "{\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":\"UNAVAILABLE\"}}";

        assertThat(get(streamed("[" + hel + "\r\n,\r\n" + lo + "]")))
                .containsExactly(ChatChunk.of(answer(
                        hel.replace("Hel", "Hello").replace("\"index\"", "\"finishReason\":\"STOP\",\"index\""))));
        assertThat(get(streamed("[" + call + "," + lo + "]")))
                .flatExtracting(ChatChunk::toolCalls)
                .extracting(ToolCall::id)
                .containsExactly("a");
        assertThat(failureOf(streamed("[" + hel + "," + overload + "]"))).isInstanceOf(UnavailableException.class);
        assertThat(failureOf(streamed("[" + overload + "]"))).isInstanceOf(UnavailableException.class);
        for (String broken : List.of("[]", "[" + hel + "," + lo, "[1]")) {
            assertThat(failureOf(streamed(broken))).isInstanceOf(BrokenAnswerException.class);
        }
    }

    private Mono<List<ChatChunk>> streamed(String body) {
        return open(body).stream(HELLO).collectList();
    }

    private ChatResponse answer(String body) {
        return get(open(body).chat(HELLO));
    }

    private ChatModel open(String body) {
        return new GeminiProvider(() -> null)
                .create(
                        "m",
                        ClientOptions.builder()
                                .baseUrl(serve(Answer.ok(body)).baseUrl())
                                .build());
    }
}
