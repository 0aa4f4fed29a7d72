package io.afnio4j.model.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BadFileException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ExchangeJson;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class RecordingChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ChatRequest FRANCE = ChatRequest.of(ChatMessage.user("The \"capital\" of France?\n"));
    private static final ChatRequest WARM = new ChatRequest(
            FRANCE.messages(), CompletionOptions.NONE.temperature(0.7).seed(3));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("recording.jsonl");
    }

    private <T> List<T> all(Flux<T> calls) {
        return java.util.Objects.requireNonNull(calls.collectList().block(LIMIT));
    }

    @Test
    void textsThatWereCutWithinACharacterStayWhatTheyAre() {
        ChatRequest half = ChatRequest.of(ChatMessage.user("\ud83d"));
        ChatRequest whole = ChatRequest.of(ChatMessage.user("\ud83d\ude00"));
        ChatRequest mark = ChatRequest.of(ChatMessage.user("?"));
        RecordingChatModel recording = RecordingChatModel.of(
                ScriptedChatModel.by(request -> request.messages().get(0).text() + "!\ude00\ude00"), file);
        var unused = all(Flux.concat(recording.chat(half), recording.chat(whole), recording.chat(mark)));

        ReplayingChatModel replaying = ReplayingChatModel.of(recording.name(), file);

        assertThat(all(Flux.concat(replaying.chat(half), replaying.chat(whole), replaying.chat(mark))))
                .extracting(ChatResponse::text)
                .containsExactly("\ud83d!\ude00\ude00", "\ud83d\ude00!\ude00\ude00", "?!\ude00\ude00");
        assertThat(ExchangeJson.digest("", half, 0)).isNotEqualTo(ExchangeJson.digest("", mark, 0));
    }

    @Test
    void whatWasRecordedIsReplayedInEveryField() throws IOException {
        RecordingChatModel recording =
                RecordingChatModel.of(ScriptedChatModel.answering("Paris", "Lyon", "one two"), file);
        List<Object> said = all(Flux.concat(recording.chat(FRANCE), recording.chat(WARM), recording.stream(FRANCE)));
        assertThat(Files.readAllLines(file)).hasSize(3);

        ReplayingChatModel replaying = ReplayingChatModel.of(recording.name(), file);
        assertThat(replaying.name()).isEqualTo("script/model");
        assertThat(all(Flux.concat(
                        replaying.chat(FRANCE), replaying.chat(WARM), Flux.<Object>from(replaying.stream(FRANCE)))))
                .isEqualTo(said)
                .hasSize(5);
    }

    @Test
    void aRequestThatWasRecordedSeveralTimesGetsItsAnswersInOrderAndTheLastFromThenOn() {
        RecordingChatModel recording = RecordingChatModel.of(ScriptedChatModel.answering("1", "2"), file);
        assertThat(all(recording.chat(FRANCE).repeat(1))).hasSize(2);
        ReplayingChatModel replaying = ReplayingChatModel.of("script/model", file);
        assertThat(all(replaying.chat(FRANCE).repeat(2).map(answer -> answer.text())))
                .containsExactly("1", "2", "2");
    }

    @Test
    void equalRequestsOnTheirWayTogetherGetTheirAnswersInTheOrderInWhichTheyWereMade() {
        List<Sinks.One<String>> answers = List.of(Sinks.one(), Sinks.one(), Sinks.one());
        Iterator<Sinks.One<String>> next = answers.iterator();
        RecordingChatModel recording = RecordingChatModel.of(
                ScriptedChatModel.builder()
                        .responding(asked -> (asked.equals(WARM)
                                        ? Mono.just("warm")
                                        : next.next().asMono())
                                .map(text -> new ChatResponse(text, FinishReason.STOP, Usage.NONE, "m")))
                        .build(),
                file);
        var unused =
                all(recording.chat(WARM).flux()); // opens the file, so that what follows asks when it is subscribed to
        List<StepVerifier> calls = answers.stream()
                .map(answer -> StepVerifier.create(recording.chat(FRANCE))
                        .expectNextCount(1)
                        .expectComplete()
                        .verifyLater())
                .toList();
        for (int last = 2; last >= 0; last--) {
            answers.get(last).tryEmitValue("a" + last).orThrow();
            calls.get(last).verify(LIMIT);
        }

        // Gone on with later.
        RecordingChatModel later = RecordingChatModel.of(ScriptedChatModel.answering("a3"), file);
        assertThat(all(later.chat(FRANCE).flux())).hasSize(1);

        ReplayingChatModel replaying = ReplayingChatModel.of("script/model", file);
        assertThat(all(Flux.range(0, 4)
                        .flatMapSequential(i -> replaying.chat(FRANCE))
                        .map(ChatResponse::text)))
                .containsExactly("a0", "a1", "a2", "a3");
    }

    @Test
    void modelsInOneFileAnswerForThemselves() {
        for (String name : List.of("a/one", "b/two")) {
            ChatModel model = ScriptedChatModel.builder()
                    .name(name)
                    .answering("I am " + name)
                    .build();
            assertThat(all(RecordingChatModel.of(model, file).chat(FRANCE).flux()))
                    .hasSize(1);
        }
        for (String name : List.of("b/two", "a/one")) {
            assertThat(all(ReplayingChatModel.of(name, file).chat(FRANCE).flux()))
                    .extracting(ChatResponse::text)
                    .containsExactly("I am " + name);
        }
        StepVerifier.create(ReplayingChatModel.of("c/three", file).chat(FRANCE))
                .expectError(IllegalStateException.class)
                .verify(LIMIT);
    }

    @Test
    void aLineThatWasCutByACrashIsNothingAndTheNextOneDoesNotStandBehindIt() throws IOException {
        RecordingChatModel first = RecordingChatModel.of(ScriptedChatModel.answering("1"), file);
        assertThat(all(first.chat(FRANCE).flux())).hasSize(1);
        Files.writeString(file, "{\"version\":2,\"mod", StandardOpenOption.APPEND);
        assertThat(all(ReplayingChatModel.of("script/model", file).chat(FRANCE).flux()))
                .hasSize(1);

        RecordingChatModel second = RecordingChatModel.of(ScriptedChatModel.answering("2"), file);
        assertThat(all(second.chat(FRANCE).flux())).hasSize(1);
        assertThat(Files.readAllLines(file)).hasSize(2);
        ReplayingChatModel replaying = ReplayingChatModel.of("script/model", file);
        assertThat(all(replaying.chat(FRANCE).repeat(1).map(ChatResponse::text)))
                .containsExactly("1", "2");
    }

    @Test
    void recordsNeitherFailuresNorStreamsThatWereLeft() {
        RecordingChatModel failing = RecordingChatModel.of(
                FaultyChatModel.planned(ScriptedChatModel.by(request -> "one two"), Fault.unavailable()), file);
        StepVerifier.create(failing.chat(FRANCE))
                .expectError(UnavailableException.class)
                .verify(LIMIT);
        StepVerifier.create(failing.stream(FRANCE).map(ChatChunk::text).take(1))
                .expectNext("one ")
                .expectComplete()
                .verify(LIMIT);
        assertThat(file).doesNotExist();
    }

    private void isRefused(Flux<?> call) {
        StepVerifier.create(call)
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BadFileException.class)
                        .hasMessage("The recording " + file + " can't be written, so nothing is asked: is its directory"
                                + " there, may both be written, and is there room on the disk? Ask again when it can be"
                                + " written."))
                .verify(LIMIT);
    }

    @Test
    void aPlaceWhereNothingCanBeWrittenIsFoundBeforeAnythingIsAsked() {
        ScriptedChatModel model = ScriptedChatModel.by(request -> "dear");
        for (Path unwritable : List.of(folder.resolve("none").resolve("recording.jsonl"), folder)) {
            file = unwritable;
            RecordingChatModel recording = RecordingChatModel.of(model, file);
            isRefused(recording.chat(FRANCE).flux());
            isRefused(recording.stream(FRANCE));
        }
        assertThat(model.calls()).isZero();
    }

    @Test
    void anAnswerThatCannotBeWrittenIsHandedOnAndNothingMoreIsAskedUntilItCan() throws IOException {
        ScriptedChatModel model = ScriptedChatModel.answering("1", "2", "3 4", "5");
        RecordingChatModel recording = RecordingChatModel.of(model, file);
        assertThat(all(recording.chat(FRANCE).flux())).hasSize(1);
        Path aside = Files.move(file, folder.resolve("aside"));
        Files.createDirectory(file); // as good as a full disk

        assertThat(all(recording.chat(FRANCE).flux()))
                .extracting(ChatResponse::text)
                .containsExactly("2");
        isRefused(recording.chat(FRANCE).flux());
        isRefused(recording.stream(FRANCE));
        assertThat(model.calls()).isEqualTo(2);

        Files.delete(file);
        Files.move(aside, file);
        assertThat(all(recording.stream(FRANCE))).hasSize(3);
        assertThat(all(recording.chat(FRANCE).flux())).hasSize(1);
        ReplayingChatModel replaying = ReplayingChatModel.of("script/model", file);
        assertThat(all(replaying.chat(FRANCE).repeat(2).map(ChatResponse::text)))
                .containsExactly("1", "2", "5");
    }

    @Test
    void writesWhatItCouldNotWriteWhenItIsClosedAndAsksNothingAfterwards() throws IOException {
        ScriptedChatModel model = ScriptedChatModel.by(request -> "dear");
        RecordingChatModel recording = RecordingChatModel.of(model, file);
        assertThat(all(recording.chat(FRANCE).flux())).hasSize(1);
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(all(recording.chat(FRANCE).flux())).hasSize(1);
        Files.delete(file);

        StepVerifier.create(recording.closeLater()).expectComplete().verify(LIMIT);

        assertThat(Files.readAllLines(file)).hasSize(1);
        StepVerifier.create(recording.chat(FRANCE))
                .expectErrorMessage("The recording " + file + " was closed.")
                .verify(LIMIT);
        assertThat(model.calls()).isEqualTo(2);
    }

    @Test
    void writesOnThreadsThatMayBlock() {
        RecordingChatModel recording = RecordingChatModel.of(ScriptedChatModel.by(request -> "x"), file);
        StepVerifier.create(Flux.range(0, 20)
                        .flatMap(i -> recording.chat(FRANCE).subscribeOn(Schedulers.parallel()))
                        .then(Mono.defer(() -> ReplayingChatModel.of("script/model", file)
                                .chat(FRANCE)
                                .subscribeOn(Schedulers.parallel())))
                        .map(answer -> answer.text()))
                .expectNext("x")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void saysWhatIsNotInTheRecording() {
        RecordingChatModel recording = RecordingChatModel.of(ScriptedChatModel.answering("Paris"), file);
        assertThat(all(recording.chat(FRANCE).flux())).hasSize(1);
        ReplayingChatModel replaying = ReplayingChatModel.of("script/model", file);
        for (Flux<?> call : List.of(replaying.chat(WARM).flux(), replaying.stream(FRANCE))) {
            StepVerifier.create(call)
                    .expectErrorSatisfies(failure -> assertThat(failure)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("The recording " + file
                                    + " has no answer to this request: it was never made, or"
                                    + " to another model, or in another way (other words, other options, streamed or not)."
                                    + " Record it anew."))
                    .verify(LIMIT);
        }
    }

    @Test
    void saysWhichLineCannotBeRead() throws IOException {
        StepVerifier.create(ReplayingChatModel.of("a/b", file).chat(FRANCE))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BadFileException.class)
                        .hasMessageStartingWith("The recording " + file + " can't be read."))
                .verify(LIMIT);
        Files.writeString(file, "\n{\"version\":2}\n");
        StepVerifier.create(ReplayingChatModel.of("a/b", file).chat(FRANCE))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BadFileException.class)
                        .hasMessage("Line 2 of the recording " + file + " can't be read. Record it anew."))
                .verify(LIMIT);
        Files.writeString(
                file,
                "{\"version\":9,\"model\":\"a/b\",\"streamed\":false,\"request\":\"{}\",\"answer\":null,\"chunks\":null}\n");
        StepVerifier.create(ReplayingChatModel.of("a/b", file).chat(FRANCE))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessage("Line 1 of the recording " + file
                                + " has version 9, and this afnio4j reads version 2." + " Record it anew."))
                .verify(LIMIT);
    }
}
