package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.afnio4j.error.BadFileException;
import io.afnio4j.model.ChatResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
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

    @Test
    void mayBeOpenedAnewAtOnceWhenTheOneBeforeWasClosed() {
        Path file = folder.resolve("answers");
        for (int run = 0; run < 20; run++) {
            try (DiskCache cache = DiskCache.in(file)) {
                done(cache.put("run " + run, ANSWER));
            }
        }
        DiskCache last = DiskCache.in(file);
        has(last, "run 19");
        done(last.closeLater());
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
        fails(
                file,
                "The answer cache in " + file
                        + " is in use by another process, or by another DiskCache of this one. Give each its own file,"
                        + " or wait for closeLater() of the one before.");
        done(first.closeLater());

        Path text = Files.writeString(folder.resolve("text"), "This is no cache.".repeat(1_000));
        Path lost = folder.resolve("none").resolve("answers");
        for (Path unusable : List.of(text, lost)) {
            fails(
                    unusable,
                    "The answer cache in " + unusable + " can't be used: is its folder there and may it be written, is"
                            + " the file open in another process, no cache at all, or is the disk full?");
        }
    }

    private static void fails(Path file, String message) {
        StepVerifier.create(DiskCache.in(file).get("a"))
                .expectErrorSatisfies(failure ->
                        assertThat(failure).isInstanceOf(BadFileException.class).hasMessage(message))
                .verify(LIMIT);
    }

    @Test
    void isReadWithoutALockWhereNobodyCanWriteToIt() throws IOException {
        Path file = folder.resolve("answers");
        DiskCache written = DiskCache.in(file);
        done(written.put("a", ANSWER));
        done(written.closeLater());
        Files.delete(folder.resolve("answers.lock"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        assumeThat(Files.isWritable(file)).isFalse(); // root may write to any file

        DiskCache reading = DiskCache.in(file);
        has(reading, "a");
        assertThat(folder.resolve("answers.lock")).doesNotExist();
        done(reading.closeLater());
    }

    /** An interrupted thread closes the file that it has in hand. */
    @Test
    void keepsAnAnswerWhoseCallerLeavesWhileItIsWritten() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        DiskCache cache = DiskCache.in(openedBetween(begun, left, folder.resolve("answers")));
        Disposable caller = cache.put("a", ANSWER).subscribe();
        begun.await();
        caller.dispose();
        left.countDown();

        done(cache.closeLater()); // waits for the writer
        DiskCache next = DiskCache.in(folder.resolve("answers"));
        has(next, "a");
        done(next.closeLater());
    }

    /** A path whose file is being opened from the first latch to the second one. */
    private static Path openedBetween(CountDownLatch begun, CountDownLatch left, Path path) {
        return (Path) Proxy.newProxyInstance(
                Path.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    begun.countDown();
                    awaitUninterruptibly(left);
                    return method.invoke(path, arguments);
                });
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException noticed) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void isOpenedAnewAfterAFailureAndCanBeClosed() {
        AnswerFile writing = new AnswerFile(folder.resolve("answers"));
        for (int i = 100; i < 200; i++) {
            writing.write("key " + i, (i + " ").repeat(1_000)); // too much for one page
        }
        writing.close();

        AnswerFile file = new AnswerFile(folder.resolve("answers"));
        assertThat(file.read("key 100")).startsWith("100");
        Thread.currentThread().interrupt(); // closes the channel beneath
        assertThatThrownBy(() -> file.read("key 199")).isInstanceOf(BadFileException.class);
        var unused = Thread.interrupted(); // H2 has taken notice of it or not
        assertThat(file.read("key 199")).startsWith("199");
        file.write("key 199", "new");
        assertThat(file.read("key 199")).isEqualTo("new");
        file.close();
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
