package io.afnio4j.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file that only one process at a time writes to, from locking it until {@link #close} or the end of the process,
 * whichever end that is.
 *
 * <p>What is locked is an empty file beside it, named as it is with {@value #ENDING} behind. A POSIX process loses its
 * locks on a file when it closes any descriptor of that file, so a lock on the file itself would be gone once somebody
 * here had read it. The lock file stays, because to delete it would take it from under a process that is just about to
 * lock it. For the same reason a second owner in this process is refused before anything is opened.
 *
 * <p>All methods but {@link #closing()} block and are safe to use from any thread that may.
 */
public final class LockedFile implements AutoCloseable {

    private static final String ENDING = ".lock";

    /** How long to wait for an owner that {@linkplain #closing() is about to close}. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** This process's. Guarded by itself, as the number of owners. */
    private static final Map<Path, LockedFile> HERE = new HashMap<>();

    /**
     * Of files that this process has locked by another name, or through another class loader: to close them would end
     * those locks.
     */
    private static final Queue<FileChannel> KEPT_OPEN = new ConcurrentLinkedQueue<>();

    private final Path file;
    private final FileChannel lock;
    private final boolean shared;
    private int owners = 1;
    private volatile boolean closing;

    private LockedFile(Path file, FileChannel lock, boolean shared) {
        this.file = file;
        this.lock = lock;
        this.shared = shared;
    }

    /**
     * Locks a file for one owner. Where the owner before is {@linkplain #closing() about to close} it, waits for that.
     *
     * @param path of the file, by whichever link; it needn't exist
     * @return the locked file, null where it is in use in this process or in another
     * @throws IOException where the directory isn't there or can't be written, and where the path is of something else
     *     than a file
     */
    public static @Nullable LockedFile tryLock(Path path) throws IOException {
        return lock(path, false);
    }

    /**
     * Locks a file for all owners in this process that share it.
     *
     * @param path of the file, by whichever link; it needn't exist
     * @return the locked file, which each owner closes once; null where it is in use in another process, or by one
     *     owner in this
     * @throws IOException where the directory isn't there or can't be written, and where the path is of something else
     *     than a file
     */
    public static @Nullable LockedFile tryShare(Path path) throws IOException {
        return lock(path, true);
    }

    private static @Nullable LockedFile lock(Path path, boolean shared) throws IOException {
        Path file = Links.target(path);
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "It is a directory or a device.");
        }
        synchronized (HERE) {
            LockedFile known = whoStays(file);
            if (known != null) {
                return known.shared && shared ? known.joined() : null;
            }
            FileChannel lock = openLocked(file.resolveSibling(file.getFileName() + ENDING));
            if (lock == null) {
                return null;
            }
            LockedFile locked = new LockedFile(file, lock, shared);
            HERE.put(file, locked);
            return locked;
        }
    }

    /** Who has the file in this process, once those are gone who were about to go. */
    private static @Nullable LockedFile whoStays(Path file) throws InterruptedIOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        LockedFile known = HERE.get(file);
        for (long left = PATIENCE.toNanos();
                known != null && known.closing && left > 0;
                left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedWait(HERE, left);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while " + file + " was closed by its owner before.");
            }
            known = HERE.get(file);
        }
        return known;
    }

    private LockedFile joined() {
        owners++;
        return this;
    }

    /**
     * Opens the file, or makes it, to read and write. It is locked, too, as long as nobody reads it: so it is safe as
     * well where its lock file was deleted, or where it is reached by names in two directories, which have each its own
     * lock file.
     *
     * @return a channel, which its owner closes; null where another process has the file open all the same
     * @throws IOException where it can't be opened
     */
    public @Nullable FileChannel tryOpen() throws IOException {
        return openLocked(file);
    }

    private static @Nullable FileChannel openLocked(Path file) throws IOException {
        FileChannel opened =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked;
        try {
            locked = opened.tryLock() != null;
        } catch (OverlappingFileLockException elsewhereHere) {
            KEPT_OPEN.add(opened);
            return null;
        }
        if (!locked) {
            opened.close();
        }
        return locked ? opened : null;
    }

    /** The file's own name, whichever links lead to it. */
    public Path file() {
        return file;
    }

    /**
     * Says that its only owner is about to close it, so that whoever locks it next in this process waits instead of
     * being refused. Doesn't block.
     */
    public void closing() {
        closing = true;
    }

    /**
     * Gives the file back, where this was its last owner.
     *
     * @throws IOException where the lock file can't be closed
     */
    @Override
    public void close() throws IOException {
        synchronized (HERE) {
            owners--;
            if (owners == 0) {
                HERE.remove(file);
                HERE.notifyAll();
                lock.close();
            }
        }
    }
}
