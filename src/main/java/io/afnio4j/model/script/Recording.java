package io.afnio4j.model.script;

import io.afnio4j.error.BadFileException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ExchangeJson;
import io.afnio4j.model.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The file of a recording: one exchange a line, as JSON. A request is kept as the text of its JSON, so that what is compared is all that was asked. Lines stand in the order in
 * which answers came, which may differ from that of the questions: equal questions are numbered. {@link #append} and {@link #read} block; safe to use from any thread that may.
 */
final class Recording {

    private static final int VERSION = 2;
    private static final Object FILES = new Object(); // several may write to one file

    private final Path file;
    private final JsonLines<Line> lines;
    private final Map<Question, AtomicInteger> asked = new ConcurrentHashMap<>();
    private @Nullable Map<Question, Integer> earlier; // how often asked before; guarded by FILES

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

    void append(Turn turn, Answer answer) {
        synchronized (FILES) {
            try (FileChannel opened = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                Question question = turn.question();
                int number = earlier(opened).getOrDefault(question, 0) + turn.number();
                write(
                        opened,
                        new Line(
                                VERSION,
                                question.model(),
                                question.streamed(),
                                turn.request(),
                                number,
                                answer.whole(),
                                answer.chunks()));
            } catch (IOException failure) {
                throw new BadFileException("The recording " + file + " can't be written.", failure);
            }
        }
    }

    /** What the file held at first; there, a line that was begun is cut off. */
    private Map<Question, Integer> earlier(FileChannel opened) throws IOException {
        Map<Question, Integer> known = earlier;
        if (known == null) {
            Map<Question, Integer> found = new HashMap<>();
            lines.read(
                            Channels.newInputStream(opened),
                            line -> found.merge(line.question(), line.number() + 1, Math::max))
                    .mend(opened);
            earlier = found;
            known = found;
        }
        return known;
    }

    private void write(FileChannel opened, Line line) throws IOException {
        long end = opened.size();
        ByteBuffer bytes = ByteBuffer.wrap(lines.write(line));
        try {
            opened.position(end);
            while (bytes.hasRemaining()) {
                opened.write(bytes);
            }
        } catch (IOException failure) {
            opened.truncate(end);
            throw failure;
        }
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
