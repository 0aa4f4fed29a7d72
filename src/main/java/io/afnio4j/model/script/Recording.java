package io.afnio4j.model.script;

import io.afnio4j.error.BadFileException;
import io.afnio4j.file.LockedFile;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ExchangeJson;
import io.afnio4j.model.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The file of a recording: one exchange a line, as JSON. A request is kept as the text of its JSON, so that what is
 * compared is all that was asked. Lines stand in the order in which answers came, which may differ from that of the
 * questions: equal questions are numbered. From {@link #prepare} to {@link #close} only this process may write to it.
 * These two, {@link #append} and {@link #read} block; safe to use from any thread that may.
 */
final class Recording {

    private static final int VERSION = 2;
    private static final Object FILES = new Object(); // several may write to one file

    private final Path file;
    private final JsonLines<Line> lines;
    private final Map<Question, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final Queue<Line> unwritten = new ArrayDeque<>(); // guarded by FILES, as all below
    private Map<Question, Integer> earlier = Map.of(); // how often asked before, once it was counted
    private boolean counted;
    private @Nullable LockedFile locked;
    private boolean closed;
    private volatile boolean ready;

    Recording(Path file) {
        this.file = file;
        this.lines =
                new JsonLines<>(Line.class, VERSION, "the recording " + file, "Record it anew.", "Record it anew.");
    }

    /**
     * What was asked.
     *
     * @param model who was asked
     * @param streamed whether the answer was asked for in pieces
     * @param digest of the request's JSON: a long recording's requests are more than one wants to hold
     */
    record Question(String model, boolean streamed, String digest) {

        private static Question of(String model, boolean streamed, String request) {
            return new Question(model, streamed, ExchangeJson.digest(request));
        }
    }

    /** One of several equal questions, which are numbered from 0, with the request's JSON. */
    record Turn(Question question, int number, String request) {}

    /** What was answered: whole, or in pieces. */
    record Answer(@Nullable ChatResponse whole, @Nullable List<ChatChunk> chunks) {}

    private record Line(
            int version,
            String model,
            boolean streamed,
            String request,
            int number,
            @Nullable ChatResponse answer,
            @Nullable List<ChatChunk> chunks)
            implements JsonLines.Versioned {

        private Line {
            if ((streamed ? chunks : answer) == null) {
                throw new IllegalArgumentException("It holds no answer.");
            }
        }

        private Question question() {
            return Question.of(model, streamed, request);
        }
    }

    /** Numbers a question. Doesn't block. */
    Turn turn(String model, boolean streamed, ChatRequest request) {
        String json = ExchangeJson.write(request);
        Question question = Question.of(model, streamed, json);
        return new Turn(
                question,
                asked.computeIfAbsent(question, first -> new AtomicInteger()).getAndIncrement(),
                json);
    }

    /** Whether answers can be written, for all that is known. Doesn't block. */
    boolean isReady() {
        return ready;
    }

    /**
     * Makes sure that answers can be written, and writes those that couldn't be. A file that isn't there is made with
     * its first answer: an empty one would pass for a recording.
     */
    void prepare() {
        synchronized (FILES) {
            if (closed) {
                throw new IllegalStateException("The recording " + file + " was closed.");
            }
            lock();
            if (Files.exists(file) || !unwritten.isEmpty()) {
                write();
            }
            counted = true;
            ready = true;
        }
    }

    private void lock() {
        if (locked != null) {
            return;
        }
        try {
            locked = LockedFile.tryShare(file);
        } catch (IOException failure) {
            throw unwritable(failure);
        }
        if (locked == null) {
            throw new BadFileException(
                    "The recording " + file + " is in use by another process. Give each its own file.");
        }
    }

    /** Writes an answer; one that can't be written is kept for the next time. */
    void append(Turn turn, Answer answer) {
        synchronized (FILES) {
            Question question = turn.question();
            unwritten.add(new Line(
                    VERSION,
                    question.model(),
                    question.streamed(),
                    turn.request(),
                    earlier.getOrDefault(question, 0) + turn.number(),
                    answer.whole(),
                    answer.chunks()));
            write();
        }
    }

    /** Writes what couldn't be written, and lets other processes have the file. */
    void close() {
        synchronized (FILES) {
            LockedFile held = locked;
            try (held) {
                if (!unwritten.isEmpty()) {
                    write();
                }
            } catch (IOException failure) {
                throw unwritable(failure);
            } finally {
                locked = null;
                closed = true;
                ready = false;
            }
        }
    }

    /** Opens the file each time, so that one that was deleted is made anew. */
    private void write() {
        LockedFile held = locked;
        try (FileChannel opened = held == null ? null : held.tryOpen()) {
            if (opened == null) {
                throw new IOException("It was closed, or is in use by another process.");
            }
            if (!ready) {
                mend(opened);
            }
            for (Line next = unwritten.peek(); next != null; next = unwritten.peek()) {
                write(opened, next);
                unwritten.remove();
            }
        } catch (IOException failure) {
            ready = false;
            throw unwritable(failure);
        }
    }

    /** Cuts off a line that was begun, and at first counts what was asked before. */
    private void mend(FileChannel opened) throws IOException {
        Map<Question, Integer> found = new HashMap<>();
        lines.read(Channels.newInputStream(opened), line -> found.merge(line.question(), line.number() + 1, Math::max))
                .mend(opened);
        if (!counted) {
            earlier = found;
        }
    }

    private void write(FileChannel opened, Line line) throws IOException {
        long end = opened.size();
        try {
            opened.position(end);
            Channels.newOutputStream(opened).write(lines.write(line));
        } catch (IOException failure) {
            opened.truncate(end);
            throw failure;
        }
    }

    private BadFileException unwritable(IOException cause) {
        return new BadFileException(
                "The recording " + file + " can't be written, so nothing is asked: is its directory there, may both be"
                        + " written, and is there room on the disk? Ask again when it can be written.",
                cause);
    }

    /** Reads all exchanges: the answers by what was asked, in the order in which they were asked for. */
    Map<Question, List<Answer>> read() {
        List<Line> all = new ArrayList<>();
        synchronized (FILES) {
            try (InputStream bytes = Files.newInputStream(file)) {
                var unused = lines.read(bytes, all::add);
            } catch (IOException failure) {
                throw new BadFileException(
                        "The recording " + file + " can't be read. Record it first with a RecordingChatModel.",
                        failure);
            }
        }
        all.sort(Comparator.comparingInt(Line::number));
        Map<Question, List<Answer>> answers = new HashMap<>();
        for (Line line : all) {
            answers.computeIfAbsent(line.question(), absent -> new ArrayList<>())
                    .add(new Answer(line.answer(), line.chunks()));
        }
        return answers;
    }
}
