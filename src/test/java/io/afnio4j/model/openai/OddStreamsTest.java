package io.afnio4j.model.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/**
 * Streams that servers were seen to send and that other clients stumbled over: what was paid for is read, and what is
 * cut isn't taken for whole.
 */
class OddStreamsTest extends OpenAiTestSupport {

    private static final String HEL = Completions.word("Hel");
    private static final String LO = Completions.word("lo");
    private static final String STOP = Completions.stop();
    private static final String DONE = Completions.done();

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void foundryLocalAndTgiCountThePiecesWithTheNumberOfTheChoice(int first) {
        assertThat(text(Answer.events(numbered(HEL, first), numbered(LO, first + 1), numbered(STOP, first + 2), DONE)))
                .isEqualTo("Hello");
        assertThat(answerTo(Answer.events(numbered(HEL, first), numbered(LO, first + 1), numbered(STOP, first + 2)))
                        .text())
                .isEqualTo("Hello");
    }

    private static String numbered(String event, int number) {
        return event.replace("\"index\":0", "\"index\":" + number);
    }

    @Test
    void koboldCppWritesNullAsAWordAndACutStreamIsStillACutOne() {
        String hel = Completions.event("{\"content\":\"Hel\"}", "\"null\"");

        assertThat(text(Answer.events(hel, LO, STOP, DONE))).isEqualTo("Hello");
        StepVerifier.create(client(serve(Answer.events(hel))).stream(HELLO))
                .expectNext(new ChatChunk("Hel", null, null))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BrokenAnswerException.class)
                        .hasMessageContaining("in the middle"))
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void glmAndKimiForgetTheEmptyLineBetweenTheEventsOfACall(String end) {
        String begin = Completions.chunk(
                "{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\"\"}}]}",
                "null");
        String more =
                Completions.chunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]}", "null");
        String last = Completions.chunk("{}", "\"tool_calls\"");
        String stream = List.of(begin, more, last, "[DONE]").stream()
                .map(data -> "data: " + data + end)
                .collect(Collectors.joining());

        List<ToolCall> calls = get(
                        client(serve(Answer.events(stream))).stream(HELLO).collectList())
                .stream()
                .flatMap(chunk -> chunk.toolCalls().stream())
                .toList();

        assertThat(calls).containsExactly(new ToolCall("a", "f", "{\"x\":1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\n\n"})
    void aLineOfJsonForEachPieceAndNothingElseIsAStream(String end) {
        String lines = (HEL + LO + STOP).replace("data: ", "").replace("\n\n", end);

        assertThat(text(Answer.of(200, "application/x-ndjson", lines.getBytes(UTF_8))))
                .isEqualTo("Hello");
    }

    @Test
    void anErrorThatStandsInALineOfItsOwnIsTheReasonWhyTheStreamIsCut() {
        StepVerifier.create(
                        client(serve(Answer.events(
                                        HEL, "{\"error\":{\"message\":\"The engine died\",\"code\":500}}\n")))
                                .stream(HELLO))
                .expectNextCount(1)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("The engine died"))
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data: [DONE]\n\n"})
    void whatAnEventSaysInPlaceOfTheRestIsTheReasonWhyTheStreamIsCut(String end) {
        StepVerifier.create(client(serve(Answer.events(
                                HEL, "data: {\"detail\":\"The engine died\"}\n\n", end.isEmpty() ? LO : end)))
                        .stream(HELLO))
                .thenConsumeWhile(chunk -> true)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("The engine died"))
                .verify(LIMIT);
    }

    @Test
    void whatAnEventSaysBesideAWholeAnswerIsNoFailure() {
        assertThat(text(Answer.events(HEL, "data: {\"type\":\"status\",\"message\":\"Searching\"}\n\n", LO, STOP)))
                .isEqualTo("Hello");
    }

    private String text(Answer answer) {
        Flux<ChatChunk> stream = client(serve(answer)).stream(HELLO);
        List<ChatChunk> chunks = get(stream.collectList());
        assertThat(chunks)
                .filteredOn(chunk -> chunk.finishReason() == FinishReason.STOP)
                .hasSize(1);
        return chunks.stream().map(ChatChunk::text).collect(Collectors.joining());
    }
}
