package io.afnio4j.model.script;

import io.afnio4j.error.BadFileException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ExchangeJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The file of a recording: one exchange a line, as JSON. A request is kept as the text of its JSON, so that what is compared is all that was asked. Its methods
 * block; safe to use from any thread that may.
 */
final class Recording {

    private static final int VERSION = 1;

    private final Path file;

    Recording(Path file) {
        this.file = file;
    }

    /**
     * One line.
     *
     * @param version of the format
     * @param model who answered
     * @param streamed whether the answer was asked for in pieces
     * @param request the request's JSON
     * @param answer what was answered; null where it was streamed
     * @param chunks what was streamed; null where it wasn't
     */
    private record Line(
            int version,
            String model,
            boolean streamed,
            String request,
            @Nullable ChatResponse answer,
            @Nullable List<ChatChunk> chunks) {}

    /** What answers a request. */
    record Answer(@Nullable ChatResponse whole, @Nullable List<ChatChunk> chunks) {}

    static String key(ChatRequest request, boolean streamed) {
        return streamed + ExchangeJson.write(request);
    }

    void append(String model, ChatRequest request, ChatResponse answer) {
        append(new Line(VERSION, model, false, ExchangeJson.write(request), answer, null));
    }

    void append(String model, ChatRequest request, List<ChatChunk> chunks) {
        append(new Line(VERSION, model, true, ExchangeJson.write(request), null, List.copyOf(chunks)));
    }

    private synchronized void append(Line line) {
        try {
            Files.writeString(
                    file, ExchangeJson.write(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new BadFileException("The recording " + file + " can't be written.", failure);
        }
    }

    /** Reads all exchanges: the answers by what was asked, in the order in which they came. */
    Map<String, Deque<Answer>> read() {
        Map<String, Deque<Answer>> answers = new HashMap<>();
        int number = 0;
        for (String text : lines()) {
            number++;
            if (!text.isBlank()) {
                Line line = parse(text, number);
                answers.computeIfAbsent(line.streamed() + line.request(), absent -> new ArrayDeque<>())
                        .add(new Answer(line.answer(), line.chunks()));
            }
        }
        return answers;
    }

    private List<String> lines() {
        try {
            return new ArrayList<>(Files.readAllLines(file));
        } catch (IOException | UncheckedIOException failure) {
            throw new BadFileException(
                    "The recording " + file + " can't be read. Record it first with a RecordingChatModel.", failure);
        }
    }

    private Line parse(String text, int number) {
        try {
            Line line = ExchangeJson.read(text, Line.class);
            if (line.version() == VERSION) {
                return line;
            }
            throw new BadFileException("Line " + number + " of the recording " + file + " has version " + line.version()
                    + ", and this afnio4j reads version " + VERSION + ". Record it anew.");
        } catch (JacksonException unreadable) {
            throw new BadFileException(
                    "Line " + number + " of the recording " + file + " can't be read. Record it anew.", unreadable);
        }
    }
}
