package io.afnio4j.model.limit;

import io.afnio4j.error.BadFileException;
import io.afnio4j.file.LockedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/** The file of a {@link DiskCache}: texts by keys. Its methods block; safe to use from any thread that may. */
final class AnswerFile {

    private final Path path;
    private final ReadWriteLock use = new ReentrantReadWriteLock(); // written where the store is closed
    private volatile @Nullable MVStore store; // opened under the lock of this
    private volatile @Nullable LockedFile locked; // as long as the store is open
    private volatile boolean closed;
    private volatile boolean failed;

    AnswerFile(Path path) {
        this.path = path;
    }

    @Nullable String read(String key) {
        return using(opened -> texts(opened).get(key));
    }

    /** Writes a text; when this returns, a crash of the process doesn't lose it. */
    void write(String key, String text) {
        var unused = using(opened -> {
            texts(opened).put(key, text);
            return opened.commit();
        });
    }

    /**
     * Takes a text out, if it is the one that is meant; when this returns, it is out after a crash of the process, too.
     */
    void removeIf(String key, Predicate<String> meant) {
        var unused = using(opened -> {
            String text = texts(opened).get(key);
            if (text != null && meant.test(text)) {
                texts(opened).remove(key, text);
            }
            return opened.commit();
        });
    }

    /** Tells whoever opens the file next in this process to wait for {@link #close()}. Doesn't block. */
    void closing() {
        LockedFile held = locked;
        if (held != null) {
            held.closing();
        }
    }

    /** Closes the file for good, once those who read and write have done so. */
    void close() {
        use.writeLock().lock();
        try {
            closed = true;
            MVStore opened = store;
            store = null;
            if (opened != null) {
                close(opened);
            }
        } catch (MVStoreException unclosed) {
            throw unusable(unclosed);
        } finally {
            unlockAndLetUse();
        }
    }

    /** A store that has failed can't be written any more, and might try to for ever. */
    private static void close(MVStore opened) {
        if (opened.getPanicException() == null) {
            opened.close();
        } else {
            opened.closeImmediately();
        }
    }

    private static MVMap<String, String> texts(MVStore opened) {
        return opened.openMap(
                "answers",
                new MVMap.Builder<String, String>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(StringDataType.INSTANCE));
    }

    private synchronized MVStore open() {
        if (closed) {
            throw new IllegalStateException("The cache in " + path + " was closed.");
        }
        MVStore opened = store;
        if (opened == null) {
            lock();
            opened = made();
            store = opened;
        }
        return opened;
    }

    /** What can't be written, such as a cache in an image that is only read, needs no lock. */
    private void lock() {
        Path file = path.toAbsolutePath();
        if (locked != null || (Files.exists(file) && !Files.isWritable(file))) {
            return;
        }
        try {
            locked = LockedFile.tryLock(file);
        } catch (IOException unopened) {
            throw unusable(unopened);
        }
        if (locked == null) {
            throw new BadFileException("The answer cache in " + path
                    + " is in use by another process, or by another DiskCache of this one. Give each its own file,"
                    + " or wait for closeLater() of the one before.");
        }
    }

    private MVStore made() {
        LockedFile held = locked;
        Path file = held == null ? path : held.file();
        try {
            return new MVStore.Builder().fileName(file.toString()).compress().open();
        } catch (MVStoreException | IllegalArgumentException unopened) { // the latter where there is no such folder
            unlock();
            throw unusable(unopened);
        }
    }

    private void unlockAndLetUse() {
        try {
            if (store == null) {
                unlock();
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    private void unlock() {
        LockedFile held = locked;
        try (held) {
            locked = null;
        } catch (IOException unclosed) {
            throw unusable(unclosed);
        }
    }

    private <T> @Nullable T using(Function<MVStore, @Nullable T> work) {
        use.readLock().lock();
        try {
            return work.apply(open());
        } catch (MVStoreException failure) {
            failed = true;
            throw unusable(failure);
        } finally {
            use.readLock().unlock();
            if (failed) {
                giveUp();
            }
        }
    }

    /**
     * After a failure a store is good for nothing, not even to be closed; what was committed is in the file, for the
     * next one.
     */
    private void giveUp() {
        use.writeLock().lock();
        try {
            if (failed && store != null) {
                MVStore broken = store;
                store = null;
                broken.closeImmediately();
            }
            failed = false;
        } finally {
            unlockAndLetUse();
        }
    }

    private BadFileException unusable(Exception cause) {
        return new BadFileException(
                "The answer cache in " + path
                        + " can't be used: is its folder there and may it be written, is the file open in another process, no"
                        + " cache at all, or is the disk full?",
                cause);
    }
}
