package io.afnio4j.model.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class OpenAiStreamTest extends OpenAiTestSupport {

    private static final String ROLE = Completions.event("{\"role\":\"assistant\",\"content\":\"\"}", "null");
    private static final String HEL = Completions.word("Hel");
    private static final String LO = Completions.word("lo");
    private static final String STOP = Completions.stop();
    private static final String USAGE = Completions.usageEvent();
    private static final String DONE = Completions.done();

    private static final ChatChunk STOPPED = last("", FinishReason.STOP, null);

    /** The piece that ends the words. */
    private static ChatChunk last(String text, FinishReason reason, @Nullable Usage usage) {
        return new ChatChunk(text, List.of(), reason, usage, "gpt-4o-2024-08-06");
    }

    @Test
    void emitsThePiecesThenTheReasonThenTheUsage() {
        LoopbackServer server = serve(Answer.events(ROLE, HEL, LO, STOP, USAGE, DONE));

        assertThat(pieces(client(server).stream(HELLO)))
                .containsExactly(
                        new ChatChunk("Hel", null, null),
                        new ChatChunk("lo", null, null),
                        STOPPED,
                        new ChatChunk("", null, new Usage(11, 3, 7, 2)));
        assertThat(server.onlyRequest().json().path("stream").booleanValue()).isTrue();
        ChatSchema.requireRequest(server.onlyRequest().json());
    }

    @Test
    void readsCarriageReturnsCommentsAndCharactersThatTheNetworkCutInTwo() {
        byte[] events = (": ping\r\n\r\n" + Completions.word("世界🙂").replace("\n", "\r\n") + ": ping\r\n"
                        + STOP.replace("\n", "\r") + DONE)
                .getBytes(UTF_8);
        byte[][] bytes = new byte[events.length + 1][];
        bytes[0] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n"
                .formatted(events.length)
                .getBytes(UTF_8);
        for (int i = 0; i < events.length; i++) {
            bytes[i + 1] = new byte[] {events[i]};
        }

        assertThat(pieces(client(serve(Answer.raw(bytes))).stream(HELLO)))
                .containsExactly(new ChatChunk("世界🙂", null, null), STOPPED);
    }

    @Test
    void keepsTheConnectionForTheNextCall() {
        LoopbackServer server = serve(Answer.events(HEL, STOP, DONE), Answer.events(LO, STOP, DONE));
        ChatModel model = client(server, options -> options.maxConcurrency(1));

        assertThat(pieces(model.stream(HELLO))).hasSize(2);
        assertThat(pieces(model.stream(HELLO))).hasSize(2);

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void needsEitherAFinishReasonOrDone() {
        assertThat(pieces(client(serve(Answer.events(HEL, STOP))).stream(HELLO)))
                .hasSize(2);
        assertThat(pieces(client(serve(Answer.events(HEL, DONE))).stream(HELLO)))
                .hasSize(1);
        expect(Answer.events(HEL, LO))
                .expectNextCount(2)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(BrokenAnswerException.class)
                        .hasMessage(
                                "The answer of openai/gpt-4o ended in the middle, without a finish reason or [DONE]."))
                .verify(LIMIT);
    }

    @Test
    void doesNotMindWhatHappensToTheConnectionAfterDone() {
        assertThat(pieces(client(serve(Answer.unfinishedEvents(HEL, DONE).then(Answer.close()))).stream(HELLO)))
                .hasSize(1);
        assertThat(pieces(client(serve(Answer.unfinishedEvents(HEL, DONE).then(Answer.nothing()))).stream(HELLO)))
                .hasSize(1);
    }

    @Test
    void ignoresWhatComesAfterDone() {
        assertThat(pieces(client(serve(Answer.events(HEL, STOP, DONE, LO, "data: {\n\n"))).stream(HELLO)))
                .hasSize(2);
    }

    @Test
    void namesAnErrorInTheMiddleOfTheStream() {
        expect(Answer.events(HEL, "data: " + Completions.error("Slow down", "rate_limit_error", "x") + "\n\n", LO))
                .expectNext(new ChatChunk("Hel", null, null))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(ThrottledException.class)
                        .hasMessageContaining("sent an error for an answer: Slow down."))
                .verify(LIMIT);
        expect(Answer.events("event: error\ndata: {\"error\":{\"message\":\"Boom\",\"code\":500}}\n\n"))
                .expectError(UnavailableException.class)
                .verify(LIMIT);
    }

    @Test
    void mapsTheStatusAsForAWholeAnswer() {
        expect(Answer.json(401, "{}"))
                .expectError(AuthenticationException.class)
                .verify(LIMIT);
    }

    @Test
    void reportsACutAnswerAfterItsPiecesAndItsUsage() {
        expect(Answer.events(HEL, Completions.event("{}", "\"length\""), USAGE, DONE))
                .expectNext(new ChatChunk("Hel", null, null), last("", FinishReason.LENGTH, null))
                .expectNextMatches(chunk -> chunk.usage() != null)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IncompleteAnswerException.class)
                        .hasMessageContaining("max_completion_tokens"))
                .verify(LIMIT);
    }

    @Test
    void tellsARefusalAndSilenceFromAnAnswer() {
        expect(Answer.events(
                        Completions.event("{\"refusal\":\"I can't\"}", "null"),
                        Completions.event("{\"refusal\":\" help.\"}", "null"),
                        STOP,
                        DONE))
                .expectNextCount(1)
                .expectError(UnexpectedAnswerException.class)
                .verify(LIMIT);
        expect(Answer.events(STOP, DONE)).expectNext(STOPPED).expectComplete().verify(LIMIT);
    }

    /**
     * Pieces of a protocol that isn't this one, a finish reason of nobody knows what, and a stream that ends at once.
     */
    @Test
    void doesNotTakeForSilenceWhatItCannotRead() {
        for (String piece : List.of(
                STOP.replace("\"delta\":{}", "\"text\":\"yes\""),
                STOP.replace("\"delta\":{}", "\"delta\":{\"content\":7}"),
                Completions.event("{\"content\":null}", "\"eos\""),
                ": nothing\n\n")) {
            expect(Answer.events(piece, DONE))
                    .thenConsumeWhile(chunk -> true)
                    .expectErrorMessage("The answer of openai/gpt-4o has no content.")
                    .verify(LIMIT);
        }
    }

    @Test
    void tellsTheWholeRefusalAlsoWhereAnEmptyTextComesBeforeIt() {
        for (String begin : List.of(
                "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
                "{\"role\":\"assistant\",\"refusal\":\"\"}")) {
            expect(Answer.events(
                            Completions.event(begin, "null"),
                            Completions.event("{\"refusal\":\"I can't\"}", "null"),
                            Completions.event("{\"refusal\":\" help.\"}", "null"),
                            STOP,
                            DONE))
                    .expectNext(STOPPED)
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(UnexpectedAnswerException.class)
                            .hasMessage("openai/gpt-4o refused to answer: I can't help."))
                    .verify(LIMIT);
        }
    }

    @Test
    void doesNotTakeABlankFinishReasonForOne() {
        expect(Answer.events(Completions.event("{\"content\":\"Hel\"}", "\"\""), Completions.event("{}", "\" \"")))
                .expectNext(new ChatChunk("Hel", null, null))
                .expectErrorMessage(
                        "The answer of openai/gpt-4o ended in the middle, without a finish reason or [DONE].")
                .verify(LIMIT);
    }

    @Test
    void readsAMessageThatComesWholeInOneEvent() {
        String whole =
                "data: {\"choices\":[{\"index\":0,\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}\n\n";

        assertThat(pieces(client(serve(Answer.events(whole, DONE))).stream(HELLO)))
                .extracting(ChatChunk::text)
                .containsExactly("yes");
        assertThat(pieces(client(serve(Answer.events(HEL, whole, DONE))).stream(HELLO)))
                .as("what was said before isn't said again")
                .extracting(ChatChunk::text)
                .containsExactly("Hel", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}"})
    void keepsTheUsageThatItWasToldWhereALaterEventTellsNone(String usage) {
        String stop = STOP.replace("\"usage\":null", "\"usage\":" + usage);

        assertThat(pieces(client(serve(Answer.events(HEL, USAGE, stop, DONE))).stream(HELLO)))
                .extracting(ChatChunk::usage)
                .containsExactly(null, new Usage(11, 3, 7, 2), null);
    }

    @Test
    void readsTheFirstOfSeveralAnswers() {
        String other = Completions.stop().replace("\"index\":0", "\"index\":1");

        assertThat(pieces(client(serve(Answer.events(
                                Completions.word("no").replace("\"index\":0", "\"index\":1"),
                                HEL,
                                other,
                                LO,
                                STOP,
                                DONE)))
                        .stream(new ChatRequest(HELLO.messages(), CompletionOptions.NONE.with("n", 2)))))
                .containsExactly(new ChatChunk("Hel", null, null), new ChatChunk("lo", null, null), STOPPED);
    }

    @Test
    void isWholeWithItsFinishReasonWhateverBecomesOfTheConnection() {
        for (Answer end : List.of(Answer.close(), Answer.reset())) {
            assertThat(pieces(client(
                            serve(Answer.unfinishedEvents(HEL, STOP, USAGE).then(end)))
                            .stream(HELLO)))
                    .containsExactly(
                            new ChatChunk("Hel", null, null), STOPPED, new ChatChunk("", null, new Usage(11, 3, 7, 2)));
        }
        expect(Answer.unfinishedEvents(HEL, Completions.event("{}", "\"length\""))
                        .then(Answer.close()))
                .expectNextCount(2)
                .expectError(IncompleteAnswerException.class)
                .verify(LIMIT);
    }

    @Test
    void isDoneAlsoWithABlankBehindDone() {
        assertThat(pieces(client(serve(Answer.events(HEL, "data: [DONE] \n\n"))).stream(HELLO)))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: {\"choices\":\n\n", "data: [1]\n\n", "data: <html>\n\n", "<html>no</html>", ""})
    void callsAStreamBrokenThatIsNotMadeOfJson(String events) {
        Answer answer = Answer.of(200, "text/event-stream", events.getBytes(UTF_8));

        expect(answer).expectError(BrokenAnswerException.class).verify(LIMIT);
    }

    @Test
    void givesUpOnAStreamThatStalls() {
        LoopbackServer server = serve(Answer.unfinishedEvents(HEL).then(Answer.nothing()));

        StepVerifier.create(client(server, options -> options.responseTimeout(Duration.ofMillis(300))).stream(HELLO))
                .expectNextCount(1)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("silent for 0.3 s"))
                .verify(LIMIT);
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
    }

    @Test
    void namesTheServerThatCutsTheStream() {
        expect(Answer.unfinishedEvents(HEL).then(Answer.close()))
                .expectNextCount(1)
                .expectError(UnavailableException.class)
                .verify(LIMIT);
    }

    @Test
    void cutsALineWithoutEnd() {
        LoopbackServer server = serve(Answer.endless(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ",
                "x".repeat(64 << 10).getBytes(UTF_8)));

        StepVerifier.create(client(server).stream(HELLO))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnexpectedAnswerException.class)
                        .hasMessageStartingWith("A line of the stream is longer than 1024 KB"))
                .verify(LIMIT);
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
    }

    @Test
    void emitsNoMoreThanWasAskedForAndStopsTheServerOnCancel() {
        LoopbackServer server = serve(
                Answer.endless("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n", HEL.getBytes(UTF_8)));

        StepVerifier.create(client(server).stream(HELLO), 0)
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(3)
                .expectNextCount(3)
                .thenRequest(1000)
                .expectNextCount(1000)
                .thenCancel()
                .verify(LIMIT);
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
    }

    /** While others read 30 MB, whoever asked for five pieces has taken no more from the server than sockets hold. */
    @Test
    void aServerWaitsForASubscriberWhoAsksForNoMore() {
        byte[] word = Completions.word("x".repeat(4_000)).getBytes(UTF_8);
        String head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
        String end = STOP + DONE;
        int words = 10_000_000 / word.length;
        AtomicLong taken = new AtomicLong();
        Answer endless = connection -> connection
                .outbound()
                .send(
                        Flux.just(Unpooled.wrappedBuffer((head + "\r\n").getBytes(UTF_8)))
                                .concatWith(Flux.generate(sink -> {
                                    taken.addAndGet(word.length);
                                    sink.next(Unpooled.wrappedBuffer(word));
                                })),
                        any -> true);
        Answer finite = Answer.raw(
                        (head + "content-length: " + ((long) words * word.length + end.length()) + "\r\n\r\n")
                                .getBytes(UTF_8))
                .then(connection -> connection
                        .outbound()
                        .send(Flux.range(0, words).map(any -> Unpooled.wrappedBuffer(word)), any -> true))
                .then(Answer.raw(end));
        ChatModel model = client(serve(endless, finite));

        StepVerifier.create(model.stream(HELLO), 5)
                .expectNextCount(5)
                .then(() -> {
                    for (int others = 0; others < 3; others++) {
                        assertThat(get(model.stream(HELLO).count())).isEqualTo(words + 1L);
                    }
                    assertThat(taken.get()).isBetween(5L * word.length, 12_000_000L);
                })
                .thenCancel()
                .verify(LIMIT);
    }

    private StepVerifier.FirstStep<ChatChunk> expect(Answer answer) {
        return StepVerifier.create(client(serve(answer)).stream(HELLO));
    }

    private static List<ChatChunk> pieces(Flux<ChatChunk> stream) {
        return get(stream.collectList());
    }
}
