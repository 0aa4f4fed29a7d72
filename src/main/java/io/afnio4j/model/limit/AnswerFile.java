package io.afnio4j.model.limit;

import io.afnio4j.error.BadFileException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.StringDataType;
import org.jspecify.annotations.Nullable;

/** The file of a {@link DiskCache}: texts by keys. Its methods block; safe to use from any thread that may. */
final class AnswerFile {

    private final Path path;
    private @Nullable MVStore store; // guarded by this
    private boolean closed; // guarded by this

    AnswerFile(Path path) {
        this.path = path;
    }

    @Nullable String read(String key) {
        return explained(() -> texts(open()).get(key));
    }

    /** Writes a text; when this returns, a crash of the process doesn't lose it. */
    void write(String key, String text) {
        var unused = explained(() -> {
            MVStore opened = open();
            texts(opened).put(key, text);
            return opened.commit();
        });
    }

    synchronized void close() {
        closed = true;
        if (store != null) {
            store.close();
            store = null;
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
        if (store == null) {
            store = new MVStore.Builder().fileName(path.toString()).compress().open();
        }
        return store;
    }

    private <T> @Nullable T explained(Supplier<@Nullable T> work) {
        try {
            return work.get();
        } catch (MVStoreException failure) {
            throw new BadFileException(
                    "The answer cache in " + path + " can't be used: is it open in another process, no cache at all, or"
                            + " is the disk full?",
                    failure);
        }
    }
}
