package io.afnio4j.model.script;

import io.afnio4j.error.BadFileException;
import io.afnio4j.file.FileWork;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes down what a model answers, for a {@link ReplayingChatModel} to say again without a key. The file grows by a
 * line of JSON for each answer, which holds the whole request; a key or another header is never in it, since a request
 * has none. Failures aren't recorded.
 *
 * <p>An answer is handed on when it has been written. A stream is written when it has ended; one that was left midway
 * isn't. Calls may go on at the same time, several models may be recorded in one file, and a file may be gone on with:
 * equal questions are numbered as they are asked, and a line that was cut by a crash is taken off.
 *
 * <p><b>Nothing is asked that can't be written down.</b> Before the first call the file is locked and looked at, and
 * one that can't be written, or that another process records in, is a {@link BadFileException}. Where writing fails
 * later, answers that are paid for are handed on all the same and kept; from then on a call first writes those, and is
 * the same exception where it can't.
 *
 * <p>The file is this process's, for all models that record in it, until each of them was closed or the process ends.
 * The lock is on an empty file beside it ({@code <name>.lock}), which may stay; it belongs in no repository.
 */
public final class RecordingChatModel extends ChatModelDecorator {

    private static final Logger LOG = LoggerFactory.getLogger(RecordingChatModel.class);

    private final Recording recording;
    private final Mono<Recording> ready;

    private RecordingChatModel(ChatModel model, Recording recording) {
        super(model);
        this.recording = recording;
        this.ready = FileWork.find(() -> {
                    recording.prepare();
                    return recording;
                })
                .cacheInvalidateIf(prepared -> !prepared.isReady());
    }

    /**
     * Records a model. What the file holds already stays.
     *
     * @param model who answers
     * @param file where to write
     * @return the model that answers and is written down
     */
    public static RecordingChatModel of(ChatModel model, Path file) {
        return new RecordingChatModel(model, new Recording(file));
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.defer(() -> {
            Recording.Turn turn = recording.turn(name(), false, request);
            return ready.then(model.chat(request))
                    .flatMap(answer ->
                            write(turn, new Recording.Answer(answer, null)).thenReturn(answer));
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            Recording.Turn turn = recording.turn(name(), true, request);
            List<ChatChunk> chunks = new ArrayList<>();
            return ready.thenMany(model.stream(request))
                    .doOnNext(chunks::add)
                    .concatWith(Mono.defer(() -> write(turn, new Recording.Answer(null, List.copyOf(chunks))))
                            .then(Mono.empty()));
        });
    }

    /** An answer that can't be written is paid for. */
    private Mono<Void> write(Recording.Turn turn, Recording.Answer answer) {
        return FileWork.run(() -> recording.append(turn, answer)).onErrorResume(BadFileException.class, unwritten -> {
            LOG.warn(
                    "An answer of {} could not be recorded; it is handed on, and nothing more is asked.",
                    name(),
                    unwritten);
            return Mono.empty();
        });
    }

    /** Closes the model, and the file on a thread that may block. */
    @Override
    public void close() {
        var unused = closeLater().subscribe();
    }

    /**
     * Closes the model and the file.
     *
     * @return completes when another process may write to the file; fails with a {@link BadFileException} where an
     *     answer still can't be written
     */
    public Mono<Void> closeLater() {
        return FileWork.run(recording::close).doFinally(closed -> super.close());
    }
}
