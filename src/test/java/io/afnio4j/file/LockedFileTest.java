package io.afnio4j.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedFileTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() throws IOException {
        file = folder.toRealPath().resolve("file");
    }

    private static LockedFile locked(Path file) throws IOException {
        return requireNonNull(LockedFile.tryLock(file));
    }

    @Test
    void hasOneOwnerByWhicheverNameItIsReached() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file")); // leads to nothing yet
        Path elsewhere = Files.createSymbolicLink(folder.resolve("elsewhere"), folder);
        List<Path> names = List.of(
                file,
                link,
                elsewhere.resolve("link"),
                elsewhere.resolve("..").resolve(folder.getFileName()).resolve("file"));
        for (Path first : names) {
            try (LockedFile owned = locked(first)) {
                assertThat(owned.file()).isEqualTo(file);
                for (Path second : names) {
                    assertThat(LockedFile.tryLock(second)).isNull();
                }
                try (FileChannel opened = requireNonNull(owned.tryOpen())) {
                    assertThat(opened.size()).isZero();
                }
            }
        }
        assertThat(link).isSymbolicLink();
        assertThat(file).isEmptyFile();
        assertThat(folder.resolve("file.lock")).isEmptyFile();
        assertThat(folder.resolve("link.lock")).doesNotExist();
    }

    @Test
    void isFreeWhenTheLastOfThoseWhoShareItHasClosedIt() throws IOException {
        LockedFile one = requireNonNull(LockedFile.tryShare(file));
        LockedFile other = requireNonNull(LockedFile.tryShare(file));
        assertThat(LockedFile.tryLock(file)).isNull();
        one.close();
        assertThat(LockedFile.tryLock(file)).isNull();
        other.close();
        try (LockedFile owned = locked(file)) {
            assertThat(owned).isNotSameAs(one);
            assertThat(LockedFile.tryShare(file)).isNull();
        }
    }

    @Test
    void isWaitedForByWhoeverLocksItWhileItsOwnerIsClosingIt() throws Exception {
        LockedFile before = locked(file);
        before.closing();
        FutureTask<LockedFile> locking = new FutureTask<>(() -> locked(file));
        Thread next = new Thread(locking, "next owner");
        next.start();
        while (next.getState() != Thread.State.TIMED_WAITING && !locking.isDone()) {
            Thread.onSpinWait();
        }
        assertThat(locking).isNotDone();
        before.close();
        locking.get(30, TimeUnit.SECONDS).close();
    }

    /** As where the lock file was deleted under a process that had it. */
    @Test
    void isNotOpenedWhereItIsLockedItself() throws IOException {
        try (FileChannel somebody = FileChannel.open(file, CREATE, WRITE);
                LockedFile owned = locked(file)) {
            assertThat(somebody.tryLock()).isNotNull();
            assertThat(owned.tryOpen()).isNull();
        }
    }

    @Test
    void isNotLockedWhereItsLockFileIs() throws IOException {
        try (FileChannel somebody = FileChannel.open(folder.resolve("file.lock"), CREATE, WRITE)) {
            assertThat(somebody.tryLock()).isNotNull();
            assertThat(LockedFile.tryLock(file)).isNull();
        }
        locked(file).close();
    }

    @Test
    void isAFileInADirectory() throws IOException {
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> LockedFile.tryLock(folder))
                .withMessageEndingWith("It is a directory or a device.");
        assertThatIOException().isThrownBy(() -> LockedFile.tryLock(folder.resolve("none/file")));
        Path circle = Files.createSymbolicLink(folder.resolve("circle"), Path.of("circle"));
        assertThatExceptionOfType(FileSystemLoopException.class).isThrownBy(() -> LockedFile.tryLock(circle));
        Path device = Path.of("/dev/null");
        assumeThat(device).exists();
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> LockedFile.tryLock(device))
                .withMessageEndingWith("It is a directory or a device.");
        assertThat(Path.of("/dev/null.lock")).doesNotExist();
    }
}
