package io.afnio4j.model.limit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.afnio4j.error.BadFileException;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ExchangeJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The file of a {@link Journal}: a line of JSON for each answer. What it holds is in memory, too, so that looking an answer up blocks nobody; all other methods
 * block and are safe to use from any thread that may. A thread in here must not be interrupted: that would close the file.
 */
final class JournalFile {

    private static final int VERSION = 1;
    private static final String BEGINNING = "{\"version\":";

    private enum State {
        NOT_OPEN,
        OPEN,
        FAILED,
        CLOSED
    }

    private final Path path;
    private final Map<String, ChatResponse> answers = new ConcurrentHashMap<>();
    private volatile State state = State.NOT_OPEN; // written under the lock of this, as all below
    private volatile @Nullable BadFileException failure;
    private @Nullable FileChannel channel;

    JournalFile(Path path) {
        this.path = path;
    }

    /**
     * One line. The version comes first, so that a line that was begun can be known.
     *
     * @param version of the format
     * @param key what was asked
     * @param answer what was answered
     */
    private record Line(int version, String key, ChatResponse answer) {}

    private record Version(int version) {}

    /** An answer on its way into the file. */
    record Entry(String key, ChatResponse answer) {}

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

    boolean holds(String key) {
        return answers.containsKey(key);
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
            FileChannel opened = FileChannel.open(path, CREATE, READ, WRITE);
            channel = opened;
            lock(opened);
            read(opened);
            state = State.OPEN;
        } catch (IOException unreadable) {
            throw unopened(new BadFileException(
                    "The journal " + path + " can't be opened: is its directory there, and may it be written?",
                    unreadable));
        } catch (BadFileException unusable) {
            throw unopened(unusable);
        }
    }

    private BadFileException unopened(BadFileException cause) {
        state = State.NOT_OPEN;
        answers.clear();
        letGo();
        return cause;
    }

    /** Goes with the process, however that ends. */
    private void lock(FileChannel opened) throws IOException {
        try {
            if (opened.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException here) {
            // said below: for the caller it is the same
        }
        throw new BadFileException("The journal " + path
                + " is in use by another process, or by another Journal of this one. Give each its own file.");
    }

    private void read(FileChannel opened) throws IOException {
        InputStream bytes = new BufferedInputStream(Channels.newInputStream(opened));
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long at = 0;
        long whole = 0; // where the last whole line ends
        int number = 1;
        for (int next = bytes.read(); next >= 0; next = bytes.read()) {
            at++;
            if (next != '\n') {
                line.write(next);
                continue;
            }
            Line kept = parse(line.toString(UTF_8), number++);
            answers.putIfAbsent(kept.key(), kept.answer());
            line.reset();
            whole = at;
        }
        if (line.size() > 0) {
            checkBegun(line.toString(UTF_8), number);
            opened.truncate(whole);
        }
        var unused = opened.position(whole);
    }

    /** A line without an end was being written when a process was killed. But what isn't ours isn't cut. */
    private void checkBegun(String rest, int number) {
        String begun = rest.replace("\0", ""); // what some file systems leave after a power failure
        if (!begun.startsWith(BEGINNING) && !BEGINNING.startsWith(begun)) {
            throw damaged(number, null);
        }
    }

    private Line parse(String text, int number) {
        try {
            Line line = ExchangeJson.read(text, Line.class);
            if (line.version() == VERSION) {
                return line;
            }
            throw ofAnotherVersion(line.version(), number);
        } catch (JacksonException unreadable) {
            throw wasAnotherVersion(text, number, unreadable);
        }
    }

    private BadFileException wasAnotherVersion(String text, int number, JacksonException unreadable) {
        try {
            int version = ExchangeJson.read(text, Version.class).version();
            return version == VERSION ? damaged(number, unreadable) : ofAnotherVersion(version, number);
        } catch (JacksonException noLine) {
            return damaged(number, unreadable);
        }
    }

    private BadFileException ofAnotherVersion(int version, int number) {
        return new BadFileException("Line " + number + " of the journal " + path + " has version " + version
                + ", and this afnio4j reads version " + VERSION
                + ". Finish the work with the afnio4j that wrote it, or delete the file to ask everything anew.");
    }

    private BadFileException damaged(int number, @Nullable JacksonException cause) {
        return new BadFileException(
                "Line " + number + " of the journal " + path
                        + " can't be read. Delete the line to ask its question anew, or the file to ask everything anew.",
                cause);
    }

    /**
     * Writes answers. When this returns, a crash of the process doesn't lose them.
     *
     * @param entries the answers, in order
     * @param force whether a crash of the machine mustn't lose them either
     */
    synchronized void append(List<Entry> entries, boolean force) {
        Map<String, ChatResponse> added = new HashMap<>();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            if (!holds(entry.key()) && added.putIfAbsent(entry.key(), entry.answer()) == null) {
                lines.writeBytes(ExchangeJson.write(new Line(VERSION, entry.key(), entry.answer()))
                        .getBytes(UTF_8));
                lines.write('\n');
            }
        }
        writing(opened -> {
            ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
            while (bytes.hasRemaining()) {
                opened.write(bytes);
            }
            if (force) {
                opened.force(false);
            }
        });
        answers.putAll(added);
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
        FileChannel opened = channel;
        channel = null;
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException unclosed) {
                throw new BadFileException("The journal " + path + " can't be closed.", unclosed);
            }
        }
    }
}
