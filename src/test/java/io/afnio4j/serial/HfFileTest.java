package io.afnio4j.serial;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.afnio4j.error.BadFileException;
import io.afnio4j.testing.Contract;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

/** {@code .hf} files on the disk. */
class HfFileTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final HfFormat FORMAT = HfFormat.standard();

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("agent.hf");
    }

    @Test
    @Contract({"save", "load"})
    void whatIsSavedCanBeLoaded() {
        StepVerifier.create(FORMAT.save(Map.of("epoch", 3L), file))
                .expectComplete()
                .verify(LIMIT);

        StepVerifier.create(FORMAT.load(file))
                .expectNext(Map.of("epoch", 3L))
                .expectComplete()
                .verify(LIMIT);
        assertThat(names()).containsExactly("agent.hf");
    }

    @Test
    void packingWhichTakesLongestIsNotDoneByTheThreadThatSaves() {
        HfFormat narrow = HfFormat.within(ReadLimits.DEFAULTS.withPackedBytes(10)); // so that packing is heard of
        List<Boolean> mayBlock = new CopyOnWriteArrayList<>();

        for (Mono<Void> save : List.of(
                narrow.save(Map.of("epoch", 3L), file),
                narrow.save(Map.of("epoch", 3L), new ByteArrayOutputStream()))) {
            StepVerifier.create(save.doOnError(tooLarge ->
                            mayBlock.add(Thread.currentThread().getName().startsWith("boundedElastic"))))
                    .expectError(BadFileException.class)
                    .verify(LIMIT);
        }

        assertThat(mayBlock).containsExactly(true, true);
    }

    @Test
    void whatIsSavedToAStreamCanBeLoadedFromIt() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Mono<Void> save = FORMAT.save(Map.of("epoch", 3L), out);
        assertThat(out.size()).isZero();

        StepVerifier.create(save).expectComplete().verify(LIMIT);

        StepVerifier.create(FORMAT.load(new ByteArrayInputStream(out.toByteArray())))
                .expectNext(Map.of("epoch", 3L))
                .expectComplete()
                .verify(LIMIT);
    }

    /** BlockHound doesn't see the file calls of NIO, so the thread is asked for its name. */
    @Test
    void touchesTheDiskOnAThreadThatMayBlock() {
        List<String> threads = new CopyOnWriteArrayList<>();
        Mono<Object> roundTrip = FORMAT.save(List.of("a"), file)
                .doOnSuccess(done -> threads.add(Thread.currentThread().getName()))
                .publishOn(Schedulers.parallel())
                .then(FORMAT.load(file)
                        .doOnNext(tree -> threads.add(Thread.currentThread().getName())))
                .subscribeOn(Schedulers.parallel());

        StepVerifier.create(roundTrip).expectNext(List.of("a")).expectComplete().verify(LIMIT);
        assertThat(threads).hasSize(2).allMatch(name -> name.startsWith("boundedElastic"));
    }

    @Test
    void savesTheTreeAsItIsAtTheSubscription() {
        List<Object> tree = new ArrayList<>(List.of("before"));
        Mono<Void> save = FORMAT.save(tree, file);
        assertThat(file).doesNotExist();
        tree.set(0, "at the subscription");

        StepVerifier.create(save.doOnSubscribe(subscription -> tree.set(0, "after")))
                .expectComplete()
                .verify(LIMIT);

        assertThat(FORMAT.read(file)).isEqualTo(List.of("at the subscription"));
    }

    @Test
    void replacesAnOldFileAndLeavesNothingElse() {
        now(FORMAT.save("old", file));
        now(FORMAT.save("new", file));

        assertThat(FORMAT.read(file)).isEqualTo("new");
        assertThat(names()).containsExactly("agent.hf");
    }

    @Test
    void anInterruptedSaveLeavesTheOldFileAndNothingElse() {
        now(FORMAT.save("old", file));
        try {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(BadFileException.class)
                    .isThrownBy(() -> HfFormat.store(new byte[1], file))
                    .withMessageStartingWith("agent.hf can't be written");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(FORMAT.read(file)).isEqualTo("old");
        assertThat(names()).containsExactly("agent.hf");
    }

    @Test
    void aTreeThatCannotBeStoredLeavesTheOldFile() {
        now(FORMAT.save("old", file));

        StepVerifier.create(FORMAT.save(List.of(new Object()), file))
                .expectError(IllegalArgumentException.class)
                .verify(LIMIT);

        assertThat(FORMAT.read(file)).isEqualTo("old");
    }

    @Test
    void keepsThePermissionsOfTheOldFile() throws IOException {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
        now(FORMAT.save("old", file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        now(FORMAT.save("new", file));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void writesThroughALinkToTheFileBehindIt() throws IOException {
        now(FORMAT.save("old", file));
        Path link = directory.resolve("latest.hf");
        Files.createSymbolicLink(link, file);

        now(FORMAT.save("new", link));

        assertThat(link).isSymbolicLink();
        assertThat(FORMAT.read(file)).isEqualTo("new");
    }

    @Test
    void makesTheFileThatALinkLeadsTo() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path first = Files.createSymbolicLink(directory.resolve("first.hf"), Path.of("elsewhere/second.hf"));
        Files.createSymbolicLink(elsewhere.resolve("second.hf"), Path.of("../agent.hf"));

        now(FORMAT.save("new", first));

        assertThat(first).isSymbolicLink();
        assertThat(elsewhere.resolve("second.hf")).isSymbolicLink();
        assertThat(FORMAT.read(file)).isEqualTo("new");
        assertThat(names()).containsExactlyInAnyOrder("agent.hf", "first.hf", "elsewhere");
    }

    @Test
    void writesToAPipeAndLeavesIt() throws Exception {
        assumeThat(Path.of("/usr/bin/mkfifo")).exists();
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        Path link = Files.createSymbolicLink(directory.resolve("link.hf"), file);
        Mono<byte[]> read = Mono.fromCallable(() -> Files.readAllBytes(file)).subscribeOn(Schedulers.boundedElastic());
        Mono<Void> saved = FORMAT.checkSaving(link).then(FORMAT.save("through", link));

        StepVerifier.create(Mono.zip(read, saved.thenReturn(true)))
                .assertNext(both -> assertThat(FORMAT.read(new ByteArrayInputStream(both.getT1())))
                        .isEqualTo("through"))
                .expectComplete()
                .verify(LIMIT);

        assertThat(link).isSymbolicLink();
        assertThat(file).exists();
        assertThat(Files.isRegularFile(file)).isFalse();
        assertThat(names()).containsExactlyInAnyOrder("agent.hf", "link.hf");
    }

    @Test
    void saysBeforeThereIsAnythingToSaveWhetherItCouldBeSaved() throws IOException {
        StepVerifier.create(FORMAT.checkSaving(file)).expectComplete().verify(LIMIT);
        assertThat(names()).isEmpty();
        now(FORMAT.save("old", file));
        StepVerifier.create(FORMAT.checkSaving(file)).expectComplete().verify(LIMIT);
        assertThat(FORMAT.read(file)).isEqualTo("old");
        Path circle = Files.createSymbolicLink(directory.resolve("circle.hf"), Path.of("circle.hf"));
        for (Path place : List.of(directory, file.resolve("agent.hf"), directory.resolve("missing/agent.hf"), circle)) {
            StepVerifier.create(FORMAT.checkSaving(place))
                    .expectError(BadFileException.class)
                    .verify(LIMIT);
        }
        assertThat(names()).containsExactlyInAnyOrder("agent.hf", "circle.hf");
    }

    @Test
    void saysInOneSentenceWhyAFileCannotBeRead() throws IOException {
        assertUnreadable(file, "agent.hf doesn't exist; check the path.");
        assertUnreadable(directory, " isn't a file but a directory or a device; check the path.");
        Files.writeString(file, "");
        assertUnreadable(file, "agent.hf is empty; restore a copy that is whole.");
        Files.writeString(file, "PK");
        assertUnreadable(
                file,
                "agent.hf isn't a .hf file: it doesn't begin like a zip archive; check that it is the right file.");
    }

    @Test
    void saysInOneSentenceWhyAFileCannotBeWritten() {
        assertUnwritable(
                directory.resolve("missing").resolve("agent.hf"),
                "agent.hf can't be written because its directory doesn't exist; create it first.");
        assertUnwritable(directory, " is a directory, so no file of that name can be written; choose another name.");
    }

    @Test
    void whatFailsByACancelIsNobodysError() {
        List<Throwable> dropped = new ArrayList<>();
        Consumer<Throwable> hook = dropped::add;
        Disposable.Swap saving = Disposables.swap();
        OutputStream cancelling = new OutputStream() {

            @Override
            public void write(int next) throws IOException {
                saving.dispose();
                throw new IOException("Closed by the cancel.");
            }
        };
        Sinks.Empty<Void> start = Sinks.empty();
        VirtualTimeScheduler.getOrSet(); // what is scheduled is done here and now
        try {
            saving.replace(start.asMono()
                    .then(FORMAT.save("a", cancelling))
                    .subscribe(
                            nothing -> {}, dropped::add, () -> {}, Context.of("reactor.onErrorDropped.local", hook)));
            start.tryEmitEmpty().orThrow();
        } finally {
            VirtualTimeScheduler.reset();
        }

        assertThat(saving.isDisposed()).isTrue();
        assertThat(dropped).isEmpty();
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).toList();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static void assertUnreadable(Path file, String message) {
        StepVerifier.create(FORMAT.load(file))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(BadFileException.class)
                        .hasMessageEndingWith(message)
                        .hasMessageNotContaining("/"))
                .verify(LIMIT);
    }

    private static void assertUnwritable(Path file, String message) {
        StepVerifier.create(FORMAT.save("a", file))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(BadFileException.class)
                        .hasMessageEndingWith(message)
                        .hasMessageNotContaining("/"))
                .verify(LIMIT);
    }
}
