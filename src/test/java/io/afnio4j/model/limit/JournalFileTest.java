package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.BadFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * A journal that can't be written: the file of an interrupted thread is closed by the system, as good as any failure.
 */
class JournalFileTest {

    @TempDir
    private Path folder;

    private static JournalFile.Entry entry(String key) {
        return new JournalFile.Entry(key, ManualChatModel.response(key), false);
    }

    @Test
    void asksNothingNewAfterAFailureAndGoesOnWhenItIsOpenedAgain() throws Exception {
        Path path = folder.resolve("journal");
        JournalFile file = new JournalFile(path);
        file.open();
        file.append(List.of(entry("a"), entry("b"), entry("a")), true);
        assertThat(Files.readAllLines(path)).hasSize(2);

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> file.append(List.of(entry("c")), true))
                .isInstanceOf(BadFileException.class)
                .hasMessage("The journal " + path
                        + " can't be written: is the disk full? Answers that are there are used, and nothing new is asked. Run again when it can be"
                        + " written.");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(file.answer("b")).isEqualTo(ManualChatModel.response("b"));
        assertThatThrownBy(() -> file.answer("c")).isInstanceOf(BadFileException.class);
        assertThatThrownBy(() -> file.append(List.of(entry("c")), false)).isInstanceOf(BadFileException.class);

        file.open();
        assertThat(file.answer("c")).isNull();
        file.append(List.of(entry("c")), false);
        file.close(true);

        JournalFile next = new JournalFile(path);
        next.open();
        assertThat(List.of("a", "b", "c"))
                .allSatisfy(key -> assertThat(next.answer(key)).isNotNull());
        next.clear(() -> false);
        assertThat(next.answer("a")).isNotNull();
        next.clear(() -> true);
        assertThat(next.answer("a")).isNull();
        assertThat(path).isEmptyFile();
        next.close(false);
    }

    @Test
    void forgetsAnAnswerForGoodAndKeepsTheNextOne() throws Exception {
        Path path = folder.resolve("journal");
        JournalFile.Entry useless = new JournalFile.Entry("a", ManualChatModel.response("a"), true);
        JournalFile.Entry better = new JournalFile.Entry("a", ManualChatModel.response("better"), false);
        JournalFile file = new JournalFile(path);
        file.open();
        file.append(List.of(entry("a"), entry("b")), false);

        file.append(List.of(useless, useless), false);
        assertThat(file.answer("a")).isNull();
        assertThat(Files.readAllLines(path)).as("it is said once").hasSize(3);
        file.append(List.of(entry("a"), better, useless), false);
        assertThat(file.answer("a")).as("only what is meant is forgotten").isEqualTo(better.answer());
        file.close(true);

        JournalFile next = new JournalFile(path);
        next.open();
        assertThat(next.answer("a")).isEqualTo(better.answer());
        assertThat(next.answer("b")).isEqualTo(ManualChatModel.response("b"));
        next.close(false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"null", "{\"version\":1,\"key\":\"a\"}", "{\"version\":1,\"key\":null,\"answer\":{}}", "[]", "7"
            })
    void saysWhichLineHoldsNoAnswer(String line) throws Exception {
        Path path = folder.resolve("journal");
        JournalFile good = new JournalFile(path);
        good.open();
        good.append(List.of(entry("a")), false);
        good.close(false);
        Files.writeString(path, line + "\n", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> new JournalFile(path).open())
                .isInstanceOf(BadFileException.class)
                .hasMessage(
                        "Line 2 of the journal " + path
                                + " can't be read. Delete the line to ask its question anew, or the file to ask everything anew.");
    }

    @Test
    void isOpenedAnewAtOnceWhenTheJournalBeforeWasClosed() {
        for (int run = 0; run < 20; run++) {
            try (Journal journal = Journal.in(folder.resolve("work.journal"))) {
                StepVerifier.create(journal.around(Mono.just(run)))
                        .expectNext(run)
                        .expectComplete()
                        .verify(Duration.ofSeconds(20));
            }
        }
    }
}
