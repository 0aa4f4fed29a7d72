package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.context.Sample;
import io.afnio4j.error.BadFileException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class JournalTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ScriptedChatModel model = ScriptedChatModel.by(request -> "re: " + ManualChatModel.textOf(request));
    private final RejectedRequestException broken = new RejectedRequestException("The work failed.");

    @TempDir
    private Path folder;

    private Path file;
    private Journal journal;

    @BeforeEach
    void open() {
        file = folder.resolve("work.journal");
        journal = Journal.in(file);
    }

    @AfterEach
    void close() {
        done(journal.closeLater());
    }

    private static void done(Mono<?> work) {
        StepVerifier.create(work.then()).expectComplete().verify(LIMIT);
    }

    private static <T> void gives(Mono<T> work, T value) {
        StepVerifier.create(work).expectNext(value).expectComplete().verify(LIMIT);
    }

    private static void fails(Mono<?> work, String message) {
        StepVerifier.create(work)
                .expectErrorSatisfies(failure ->
                        assertThat(failure).isInstanceOf(BadFileException.class).hasMessage(message))
                .verify(LIMIT);
    }

    /** Asks several questions at once. */
    private Mono<List<String>> work(ChatModel of, String... questions) {
        return Flux.just(questions)
                .flatMapSequential(question -> of.chat(ask(question)).map(ChatResponse::text))
                .collectList();
    }

    private void interrupt(Mono<?> work) {
        StepVerifier.create(journal.around(work.then(Mono.error(broken))))
                .expectErrorMatches(broken::equals)
                .verify(LIMIT);
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private void reopen() {
        done(journal.closeLater());
        journal = Journal.in(file);
    }

    @Nested
    class Work {

        @Test
        void thatFailedAsksOnlyForWhatIsMissingAndEmptiesTheJournalWhenItSucceeds() {
            interrupt(work(journal.keeping(model), "a", "b"));
            assertThat(lines()).hasSize(2);
            assertThat(model.calls()).isEqualTo(2);
            reopen();
            gives(journal.around(work(journal.keeping(model), "a", "b", "c")), List.of("re: a", "re: b", "re: c"));
            assertThat(model.requests()).extracting(ManualChatModel::textOf).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(file).isEmptyFile();
        }

        @Test
        void thatTellsHowItGoesIsKeptUntilItsEnd() {
            ChatModel kept = journal.keeping(model);
            Flux<ChatResponse> events = Flux.just("a", "b").concatMap(question -> kept.chat(ask(question)));
            done(journal.around(events).next()); // and leaves before the end
            done(journal.around(events).then());
            assertThat(model.requests()).extracting(ManualChatModel::textOf).containsExactly("a", "b");
            assertThat(file).isEmptyFile();
        }

        @Test
        void thatWasCancelledKeepsWhatItHasPaidFor() {
            Sinks.Empty<Void> never = Sinks.empty();
            Sinks.One<String> answered = Sinks.one();
            Mono<Void> work = journal.keeping(model)
                    .chat(ask("a"))
                    .doOnNext(answer -> answered.tryEmitValue(answer.text()).orThrow())
                    .then(never.asMono());
            var pass = journal.around(work).subscribe();
            assertThat(answered.asMono().block(LIMIT)).isEqualTo("re: a");
            pass.dispose();

            done(journal.around(journal.keeping(model).chat(ask("a"))));
            assertThat(model.calls()).isEqualTo(1);
        }

        @RepeatedTest(5)
        void thatIsClosedAtOnceLosesNoAnswerThatHadCome() {
            String[] questions = IntStream.range(0, 50).mapToObj(i -> "q" + i).toArray(String[]::new);
            done(journal.around(Mono.empty())); // opens it
            var work = journal.around(work(journal.keeping(model), questions)).subscribe();
            work.dispose();
            done(journal.closeLater());
            assertThat(lines()).hasSize(50);
        }

        @Test
        void asksWhoeverGivesFeedbackThroughTheJournal() {
            BackwardClient client = new BackwardClient(
                    Resilience.around(model, ClientOptions.defaults(), new UsageMeter()),
                    CompletionOptions.NONE.temperature(0));
            Mono<List<String>> feedback = Mono.deferContextual(context -> {
                BackwardClient asked = BackwardClient.of(context);
                assertThat(asked.options()).isEqualTo(client.options());
                assertThat(asked.usage()).isSameAs(client.usage());
                assertThat(BackwardClient.of(context)).isEqualTo(asked);
                return work(asked.model(), "a", "a", "b");
            });
            interrupt(feedback.contextWrite(client::in)); // named within the work
            assertThat(model.calls()).isEqualTo(2);

            done(journal.around(feedback).contextWrite(client::in)); // and around it
            assertThat(model.calls()).isEqualTo(2);
            assertThat(client.usage().total().calls()).isEqualTo(2);
        }

        @Test
        void sideBySideIsKeptUntilTheLastOneHasSucceeded() {
            done(journal.around(Mono.empty())); // opens the file, so that what follows has begun when it is subscribed
            Sinks.Empty<Void> end = Sinks.empty();
            ChatModel kept = journal.keeping(model);
            StepVerifier.create(journal.around(kept.chat(ask("slow")).then(end.asMono())))
                    .then(() -> done(journal.around(kept.chat(ask("fast")))))
                    .then(() -> assertThat(lines()).isNotEmpty())
                    .then(() -> end.tryEmitEmpty().orThrow())
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(file).isEmptyFile();
        }

        @Test
        void sideBySideIsKeptWhereOneHasFailed() {
            done(journal.around(Mono.empty())); // opens the file, so that what follows has begun when it is subscribed
            Sinks.Empty<Void> end = Sinks.empty();
            ChatModel kept = journal.keeping(model);
            StepVerifier.create(journal.around(kept.chat(ask("good")).then(end.asMono())))
                    .then(() -> interrupt(kept.chat(ask("bad"))))
                    .then(() -> end.tryEmitEmpty().orThrow())
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(lines()).hasSize(2);
            done(journal.around(Mono.empty()));
            assertThat(file).isEmptyFile();
        }

        @Test
        void onAReactiveThreadBlocksNobody() {
            interrupt(work(journal.keeping(model), "a").subscribeOn(Schedulers.parallel()));
            done(journal.around(work(journal.keeping(model), "a", "b")).subscribeOn(Schedulers.parallel()));
            assertThat(model.calls()).isEqualTo(2);
        }

        @Test
        void ofManyCallsAtOnceIsKeptWhole() {
            String[] questions =
                    IntStream.range(0, 2_000).mapToObj(i -> "q" + i).toArray(String[]::new);
            interrupt(work(journal.keeping(model), questions));
            reopen();
            done(journal.around(work(journal.keeping(model), questions)));
            assertThat(model.calls()).isEqualTo(2_000);
        }
    }

    @Nested
    class Answers {

        @Test
        void standInTheFileBeforeTheyAreHandedOn() {
            Mono<String> seen = journal.keeping(model).chat(ask("a")).map(answer -> {
                assertThat(lines()).singleElement().asString().contains("re: a");
                return answer.text();
            });
            gives(journal.around(seen.subscribeOn(Schedulers.boundedElastic())), "re: a");
        }

        @Test
        void thatAreKeptCostNothing() {
            ClientOptions options = ClientOptions.builder()
                    .budget(Budget.of(Allowance.NONE.calls(1)))
                    .build();
            UsageMeter meter = new UsageMeter();
            ChatModel kept = journal.keeping(Resilience.around(model, options, meter));
            interrupt(kept.chat(ask("a")));
            gives(
                    journal.around(kept.chat(ask("a"))),
                    new ChatResponse("re: a", FinishReason.STOP, Usage.NONE, model.name()));
            assertThat(meter.total().calls()).isEqualTo(1);
        }

        @Test
        void ofSeveralSamplesStayApart() {
            ChatModel kept = journal.keeping(model);
            Mono<?> second = kept.chat(ask("a")).contextWrite(context -> Sample.put(context, 1));
            interrupt(kept.chat(ask("a")));
            done(journal.around(second));
            assertThat(model.calls()).isEqualTo(2);
        }

        @Test
        void thatAreStreamedAreKeptWhenTheyAreWhole() {
            ChatModel kept = journal.keeping(model);
            interrupt(kept.stream(ask("left")).take(1).then());
            interrupt(kept.stream(ask("whole")).then());
            assertThat(lines()).hasSize(1);
            gives(
                    journal.around(kept.stream(ask("whole")).collectList()),
                    List.of(ChatChunk.of(new ChatResponse("re: whole", FinishReason.STOP, Usage.NONE, model.name()))));
            assertThat(model.calls()).isEqualTo(2);
        }

        @Test
        void areInTheFileWithADigestOfTheirQuestions() {
            interrupt(journal.keeping(model).chat(ask("a")));
            assertThat(lines())
                    .singleElement()
                    .asString()
                    .matches("\\{\"version\":1,\"key\":\"[0-9a-f]{64}\",\"answer\":\\{.*\"re: a\".*}}");
        }
    }

    @Nested
    class TheFile {

        @Test
        void isCutWhereALineWasBegun() throws IOException {
            interrupt(work(journal.keeping(model), "a"));
            for (String begun : List.of("{", "{\"version\":1,\"key\":\"ab", "{\"version\":1,\"k\0\0\0", "\0\0")) {
                append(begun);
                reopen();
                interrupt(work(journal.keeping(model), "a"));
                assertThat(lines()).hasSize(1);
            }
            interrupt(work(journal.keeping(model), "b"));
            assertThat(lines()).hasSize(2);
            assertThat(model.calls()).isEqualTo(2);
        }

        @Test
        void keepsALastLineThatLacksNothingButItsEnd() throws IOException {
            interrupt(work(journal.keeping(model), "a"));
            Files.writeString(file, lines().get(0));
            reopen();
            interrupt(work(journal.keeping(model), "a"));
            interrupt(work(journal.keeping(model), "b"));
            assertThat(lines()).hasSize(2);
            assertThat(model.calls()).isEqualTo(2);
        }

        @Test
        void mayBeginWithAMarkOfByteOrder() throws IOException {
            interrupt(work(journal.keeping(model), "a"));
            for (String end : List.of("\n", "")) {
                Files.writeString(file, "\ufeff" + lines().get(0).replace("\ufeff", "") + end);
                reopen();
                interrupt(work(journal.keeping(model), "a"));
            }
            assertThat(model.calls()).isEqualTo(1);
        }

        @Test
        void isRefusedWhereALineIsDamaged() throws IOException {
            interrupt(work(journal.keeping(model), "a"));
            append("{\"version\":1,\"key\":\"ab\n" + lines().get(0) + "\n");
            reopen();
            fails(
                    journal.around(Mono.empty()),
                    "Line 2 of the journal " + file
                            + " can't be read. Delete the line to ask its question anew, or the file to ask everything anew.");
        }

        @Test
        void isRefusedWhereItIsOfAnotherVersion() throws IOException {
            Files.writeString(file, "{\"version\":2,\"question\":\"ab\"}\n");
            fails(
                    journal.around(Mono.empty()),
                    "Line 1 of the journal " + file + " has version 2, and this afnio4j reads version 1. Finish the"
                            + " work with the afnio4j that wrote it, or delete the file to ask everything anew.");
        }

        @Test
        void isLeftAsItIsWhereItIsNoJournal() throws IOException {
            byte[] notes = "My notes, without an end of line".getBytes(UTF_8);
            Files.write(file, notes);
            fails(
                    journal.keeping(model).chat(ask("a")),
                    "Line 1 of the journal " + file
                            + " can't be read. Delete the line to ask its question anew, or the file to ask everything anew.");
            assertThat(file).hasBinaryContent(notes);
        }

        @Test
        void isOneJournalsAtATime() {
            done(journal.around(Mono.empty()));
            Journal second = Journal.in(file);
            fails(
                    second.around(Mono.empty()),
                    "The journal " + file + " is in use by another process, or by another Journal of this one."
                            + " Give each its own file, or wait for closeLater() of the one before.");
            done(journal.closeLater());
            done(second.around(Mono.empty()));
            done(second.closeLater());
        }

        @Test
        void hasToHaveADirectory() {
            Path lost = folder.resolve("none").resolve("work.journal");
            fails(
                    Journal.in(lost).around(Mono.empty()),
                    "The journal " + lost + " can't be opened: is its directory there, and may it be written?");
        }

        @Test
        void isForcedToTheDiskAsOftenAsWanted() {
            for (Journal.Sync sync : List.of(Journal.Sync.NONE, Journal.Sync.within(Duration.ofMillis(1)))) {
                Journal other = Journal.in(folder.resolve("other"), sync);
                gives(other.around(work(other.keeping(model), "a", "b")), List.of("re: a", "re: b"));
                done(other.closeLater());
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Journal.Sync.within(Duration.ZERO))
                    .withMessage("Sync.within needs a time above zero, not PT0S.");
        }

        @Test
        void isNotUsedAfterItWasClosed() {
            journal.close();
            done(journal.closeLater());
            for (Mono<?> use :
                    List.of(journal.around(Mono.empty()), journal.keeping(model).chat(ask("a")))) {
                StepVerifier.create(use)
                        .expectErrorMessage("The journal " + file + " was closed.")
                        .verify(LIMIT);
            }
        }
    }
}
