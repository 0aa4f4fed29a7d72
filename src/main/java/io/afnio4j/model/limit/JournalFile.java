package io.afnio4j.model.limit;

import io.afnio4j.error.BadFileException;
import io.afnio4j.file.LockedFile;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.JsonLines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link Journal}: a line of JSON for each answer, or for one that is forgotten. What it holds is in
 * memory, too, so that looking an answer up blocks nobody; all other methods block and are safe to use from any thread
 * that may. A thread in here must not be interrupted: that would close the file.
 */
final class JournalFile {

    private static final int VERSION = 1;

    private enum State {
        NOT_OPEN,
        OPEN,
        FAILED,
        CLOSED
    }

    private final Path path;
    private final JsonLines<Line> lines;
    private final Map<String, ChatResponse> answers = new ConcurrentHashMap<>();
    private volatile State state = State.NOT_OPEN; // written under the lock of this, as all below
    private volatile @Nullable BadFileException failure;
    private volatile @Nullable LockedFile locked;
    private @Nullable FileChannel channel;

    JournalFile(Path path) {
        this.path = path;
        this.lines = new JsonLines<>(
                Line.class,
                VERSION,
                "the journal " + path,
                "Delete the line to ask its question anew, or the file to ask everything anew.",
                "Finish the work with the afnio4j that wrote it, or delete the file to ask everything anew.");
    }

    /**
     * One line.
     *
     * @param version of the format
     * @param key what was asked
     * @param answer what was answered; null where that was of no use, and is forgotten
     */
    private record Line(int version, String key, @Nullable ChatResponse answer) implements JsonLines.Versioned {

        private Line {
            Objects.requireNonNull(key); // Jackson doesn't look
        }
    }

    /**
     * On its way into the file.
     *
     * @param key what was asked
     * @param answer what was answered
     * @param useless whether it is to be forgotten
     */
    record Entry(String key, ChatResponse answer, boolean useless) {

        boolean changes(@Nullable ChatResponse kept) {
            return (kept != null && kept.saysTheSameAs(answer)) == useless;
        }

        @Nullable ChatResponse left() {
            return useless ? null : answer;
        }
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isUnopened() {
        return state == State.NOT_OPEN;
    }

    /** What was answered; once the file can't be written any more, nothing new is to be asked. */
    @Nullable ChatResponse answer(String key) {
        ChatResponse kept = answers.get(key);
        if (kept == null && !isOpen()) {
            throw unusable();
        }
        return kept;
    }

    /** Opens the file, or makes it, and reads what it holds; once more after a failure. */
    synchronized void open() {
        if (state == State.OPEN) {
            return;
        }
        if (state == State.CLOSED) {
            throw unusable();
        }
        try {
            answers.clear();
            locked = LockedFile.tryLock(path);
            FileChannel opened = locked == null ? null : locked.tryOpen();
            if (opened == null) {
                throw new BadFileException("The journal " + path
                        + " is in use by another process, or by another Journal of this one. Give each its own file,"
                        + " or wait for closeLater() of the one before.");
            }
            channel = opened;
            read(opened);
            state = State.OPEN;
        } catch (IOException unreadable) {
            throw new BadFileException(
                    "The journal " + path + " can't be opened: is its directory there, and may it be written?",
                    unreadable);
        } finally {
            if (state != State.OPEN) {
                state = State.NOT_OPEN;
                answers.clear();
                letGo();
            }
        }
    }

    private void read(FileChannel opened) throws IOException {
        lines.read(Channels.newInputStream(opened), line -> set(line.key(), line.answer()))
                .mend(opened);
    }

    private void set(String key, @Nullable ChatResponse answer) {
        if (answer == null) {
            answers.remove(key);
        } else {
            answers.put(key, answer);
        }
    }

    /**
     * Writes answers, and which are forgotten. When this returns, a crash of the process doesn't lose them.
     *
     * @param entries the answers, in order
     * @param force whether a crash of the machine mustn't lose them either
     */
    synchronized void append(List<Entry> entries, boolean force) {
        Map<String, @Nullable ChatResponse> changed = new HashMap<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            String key = entry.key();
            if (entry.changes(changed.containsKey(key) ? changed.get(key) : answers.get(key))) {
                changed.put(key, entry.left());
                bytes.writeBytes(lines.write(new Line(VERSION, key, entry.left())));
            }
        }
        if (changed.isEmpty()) {
            return;
        }
        writing(opened -> {
            bytes.writeTo(Channels.newOutputStream(opened));
            if (force) {
                opened.force(false);
            }
        });
        changed.forEach(this::set);
    }

    /** From here on, a crash of the machine doesn't lose what was written. */
    synchronized void force() {
        if (state == State.OPEN) {
            writing(opened -> opened.force(false));
        }
    }

    /**
     * Takes all answers out.
     *
     * @param wanted asked when no answer can come in between; false to leave them
     */
    synchronized void clear(BooleanSupplier wanted) {
        if (wanted.getAsBoolean()) {
            answers.clear();
            writing(opened -> opened.truncate(0));
        }
    }

    /** Tells whoever opens the file next in this process to wait for {@link #close}. Doesn't block. */
    void closing() {
        LockedFile held = locked;
        if (held != null) {
            held.closing();
        }
    }

    /**
     * Closes the file for good.
     *
     * @param force whether a crash of the machine mustn't lose what was written
     */
    synchronized void close(boolean force) {
        try {
            if (force) {
                force();
            }
        } finally {
            state = State.CLOSED;
            answers.clear();
            letGo();
        }
    }

    private interface Work {

        void on(FileChannel opened) throws IOException;
    }

    /** After a failure nobody knows what the file holds: it is read again when it is opened again. */
    private void writing(Work work) {
        FileChannel opened = channel;
        if (opened == null) {
            throw unusable();
        }
        try {
            work.on(opened);
        } catch (IOException unwritten) {
            BadFileException known = new BadFileException(
                    "The journal " + path
                            + " can't be written: is the disk full? Answers that are there are used, and nothing new is asked. Run again when it can be"
                            + " written.",
                    unwritten);
            failure = known;
            state = State.FAILED;
            letGo();
            throw known;
        }
    }

    private RuntimeException unusable() {
        BadFileException known = failure;
        return known == null || state == State.CLOSED
                ? new IllegalStateException("The journal " + path + " was closed.")
                : known;
    }

    private void letGo() {
        LockedFile held = locked;
        FileChannel opened = channel;
        try (held;
                opened) {
            locked = null;
            channel = null;
        } catch (IOException unclosed) {
            throw new BadFileException("The journal " + path + " can't be closed.", unclosed);
        }
    }
}
