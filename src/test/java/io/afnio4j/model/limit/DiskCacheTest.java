package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BadFileException;
import io.afnio4j.model.ChatResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class DiskCacheTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ChatResponse ANSWER = ManualChatModel.response("a");

    @TempDir
    Path folder;

    private static void done(Mono<Void> work) {
        StepVerifier.create(work).expectComplete().verify(LIMIT);
    }

    private static void has(DiskCache cache, String key) {
        StepVerifier.create(cache.get(key)).expectNext(ANSWER).expectComplete().verify(LIMIT);
    }

    private static void lacks(DiskCache cache, String key) {
        StepVerifier.create(cache.get(key)).expectComplete().verify(LIMIT);
    }

    @Test
    void keepsAnswersFromOneRunToTheNext() {
        Path file = folder.resolve("answers");
        DiskCache first = DiskCache.in(file);
        assertThat(file).doesNotExist();
        lacks(first, "a");
        done(first.put("a", ANSWER));
        has(first, "a");
        done(first.closeLater());

        DiskCache second = DiskCache.in(file);
        has(second, "a");
        lacks(second, "b");
        done(second.closeLater());
    }

    /** What is on the disk while the cache is open is what a crash leaves. */
    @Test
    void holdsAfterACrashWhatWasKeptBefore() throws IOException {
        DiskCache crashing = DiskCache.in(folder.resolve("answers"));
        done(Flux.range(0, 50).flatMap(i -> crashing.put("key " + i, ANSWER)).then());
        Path left = Files.copy(folder.resolve("answers"), folder.resolve("left"), StandardCopyOption.REPLACE_EXISTING);
        Files.write(left, new byte[] {1, 2, 3}, java.nio.file.StandardOpenOption.APPEND); // a page that was begun

        DiskCache after = DiskCache.in(left);
        for (int i = 0; i < 50; i++) {
            has(after, "key " + i);
        }
        done(after.closeLater());
        done(crashing.closeLater());
    }

    @Test
    void saysSoWhereTheFileIsInUseOrNoCache() throws IOException {
        Path file = folder.resolve("answers");
        DiskCache first = DiskCache.in(file);
        done(first.put("a", ANSWER));
        StepVerifier.create(DiskCache.in(file).get("a"))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BadFileException.class)
                        .hasMessage("The answer cache in " + file + " can't be used: is it open in another process, no"
                                + " cache at all, or is the disk full?"))
                .verify(LIMIT);
        done(first.closeLater());

        Path text = Files.writeString(folder.resolve("text"), "This is no cache.".repeat(1_000));
        StepVerifier.create(DiskCache.in(text).get("a"))
                .expectError(BadFileException.class)
                .verify(LIMIT);
    }

    @Test
    void touchesItsFileOnlyOnThreadsThatMayBlock() {
        DiskCache cache = DiskCache.in(folder.resolve("answers"));
        Mono<ChatResponse> fromAReactiveThread =
                cache.put("a", ANSWER).then(cache.get("a")).subscribeOn(Schedulers.parallel());
        StepVerifier.create(fromAReactiveThread)
                .expectNext(ANSWER)
                .expectComplete()
                .verify(LIMIT);
        done(cache.closeLater().subscribeOn(Schedulers.parallel()));
        StepVerifier.create(cache.get("a"))
                .expectErrorMessage("The cache in " + folder.resolve("answers") + " was closed.")
                .verify(LIMIT);
    }
}
