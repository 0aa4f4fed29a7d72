package io.afnio4j.model.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/**
 * What comes in place of the stream that was asked for, or under a type that isn't a stream's, and a stream that nobody
 * asked for.
 */
class UnstreamedAnswersTest extends OpenAiTestSupport {

    private static final String HEL = Completions.word("Hel");
    private static final String STOP = Completions.stop();
    private static final String DONE = Completions.done();
    private static final String MODEL = "gpt-4o-2024-08-06";

    private static final ChatChunk STOPPED = new ChatChunk("", List.of(), FinishReason.STOP, null, MODEL);
    private static final ChatChunk WHOLE =
            new ChatChunk("Hello", List.of(), FinishReason.STOP, new Usage(11, 3, 7, 2), MODEL);

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "Application/JSON; charset=utf-8", "text/event-stream", "text/html"})
    void takesAWholeAnswerWhateverItsTypeIs(String type) {
        for (String begin : List.of("", "\n \n", "\uFEFF")) {
            assertThat(pieces(
                            client(serve(Answer.of(200, type, (begin + Completions.saying("Hello")).getBytes(UTF_8))))
                                    .stream(HELLO)))
                    .containsExactly(WHOLE);
        }
    }

    @Test
    void takesAWholeAnswerWithoutAType() {
        byte[] body = Completions.saying("Hello").getBytes(UTF_8);
        byte[] head = "HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"
                .formatted(body.length)
                .getBytes(UTF_8);

        assertThat(pieces(client(serve(Answer.raw(head, body))).stream(HELLO))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain"})
    void readsEventsWhateverTheirTypeIs(String type) {
        assertThat(pieces(client(serve(Answer.of(200, type, (": hi\n\n" + HEL + STOP + DONE).getBytes(UTF_8)))).stream(
                        HELLO)))
                .containsExactly(new ChatChunk("Hel", null, null), STOPPED);
    }

    @Test
    void namesErrorsThatComeInPlaceOfTheStream() {
        byte[] bare = "{\"error\":{\"message\":\"No such thing\",\"code\":400}}".getBytes(UTF_8);
        expect(Answer.of(200, "text/event-stream", bare))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(RejectedRequestException.class)
                        .hasMessageContaining("No such thing"))
                .verify(LIMIT);
        expect(Answer.of(200, "text/html", "\n<!DOCTYPE html><html>Log in</html>".getBytes(UTF_8)))
                .expectErrorMessage("The answer of openai/gpt-4o is a web page, so the base URL may be wrong.")
                .verify(LIMIT);
        expect(Answer.events(HEL, "error: {\"code\":500,\"message\":\"slot failed\",\"type\":\"server_error\"}\n\n"))
                .expectNextCount(1)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("slot failed"))
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"message\":\"slot failed\"}",
                "{\"detail\":\"slot failed\"}",
                "{\"error\":\"slot failed\"}",
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"slot failed\"}}",
                "slot failed"
            })
    void namesErrorsWhoseEventsAreNamedForThem(String data) {
        expect(Answer.events(HEL, "event: error\ndata: " + data + "\n\n"))
                .expectNextCount(1)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("slot failed"))
                .verify(LIMIT);
    }

    @Test
    void namesTheServerThatCutsAWholeAnswer() {
        expect(Answer.raw("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 500\r\n\r\n{\"choices\":")
                        .then(Answer.close()))
                .expectError(UnavailableException.class)
                .verify(LIMIT);
    }

    @Test
    void takesAWholeAnswerFromAServerThatDoesNotStream() {
        assertThat(pieces(client(serve(Completions.answer("Hello"))).stream(HELLO)))
                .containsExactly(WHOLE);
    }

    @Test
    void takesAStreamFromAServerThatAlwaysStreams() {
        String events = ": hi\n\n" + HEL + Completions.word("lo") + STOP + Completions.usageEvent() + DONE;

        assertThat(answerTo(Answer.of(200, "text/event-stream", events.getBytes(UTF_8))))
                .isEqualTo(new ChatResponse("Hello", FinishReason.STOP, new Usage(11, 3, 7, 2), MODEL));
        assertThat(failureOf(Answer.of(200, "text/event-stream", HEL.getBytes(UTF_8))))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("ended in the middle");
    }

    private StepVerifier.FirstStep<ChatChunk> expect(Answer answer) {
        return StepVerifier.create(client(serve(answer)).stream(HELLO));
    }

    private static List<ChatChunk> pieces(Flux<ChatChunk> stream) {
        return get(stream.collectList());
    }
}
