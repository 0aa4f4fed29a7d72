package io.afnio4j.survive;

import static io.afnio4j.testing.Await.now;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.limit.DiskCache;
import io.afnio4j.model.limit.Journal;
import io.afnio4j.model.script.RecordingChatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/**
 * A file of answers belongs to one process, whatever that does to it: POSIX takes a process's locks on a file away when
 * it closes any descriptor of that file.
 */
@Timeout(120) // a JVM starts in half a second, or in ten on a machine that is busy
class OneOwnerTest {

    @TempDir
    private Path folder;

    private static List<String> inAnotherProcess(Path... folders) throws Exception {
        Process process = Intruder.start(folders);
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, SECONDS)).isTrue();
        return said.lines().filter(line -> !line.contains("SLF4J")).toList();
    }

    @Test
    void anotherProcessIsRefusedAlthoughThisOneHasReadTheFilesAndWasRefusedThemItself() throws Exception {
        Path owned = Files.createDirectory(folder.resolve("owned"));
        Path left = Files.createDirectory(folder.resolve("left"));
        Mono<Void> close = Mono.when(use(owned));
        now(Mono.when(use(left)));

        assertThat(Intruder.tries(owned)).satisfiesExactly(this::isRefused, this::isRefused, this::isUsed);
        for (String name : List.of("journal", "cache", "recording")) {
            assertThat(Files.readAllBytes(owned.resolve(name))).isNotNull();
        }

        Path link = Files.createSymbolicLink(folder.resolve("link"), owned);
        assertThat(inAnotherProcess(link, left))
                .satisfiesExactly(
                        this::isRefused, this::isRefused, this::isRefused, this::isUsed, this::isUsed, this::isUsed);
        now(close);
    }

    /** Makes a journal, a cache and a recording; how each is closed. */
    private static List<Mono<Void>> use(Path folder) {
        Journal journal = Intruder.journal(folder);
        now(journal.around(Mono.empty()));
        DiskCache cache = Intruder.cache(folder);
        now(cache.get("key"));
        RecordingChatModel recording = Intruder.recording(folder, "owner");
        now(recording.chat(Intruder.QUESTION));
        return List.of(journal.closeLater(), cache.closeLater(), recording.closeLater());
    }

    private void isRefused(String said) {
        assertThat(said).contains("is in use by another process");
    }

    private void isUsed(String said) {
        assertThat(said).isEqualTo("used");
    }
}
