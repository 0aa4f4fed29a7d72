package io.afnio4j.model.script;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FileWork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes down what a model answers, for a {@link ReplayingChatModel} to say again without a key. The file grows by a line of JSON for each answer, which holds
 * the whole request; a key or another header is never in it, since a request has none. Failures aren't recorded.
 *
 * <p>An answer is handed on when it has been written, and a file that can't be written is a {@link io.afnio4j.error.BadFileException}. A stream is written when it
 * has ended; one that was left midway isn't. Calls may go on at the same time, several models may be recorded in one file, and a file may be gone on with: equal questions are
 * numbered as they are asked, and a line that was cut by a crash is taken off.
 */
public final class RecordingChatModel extends ChatModelDecorator {

    private final Recording recording;

    private RecordingChatModel(ChatModel model, Recording recording) {
        super(model);
        this.recording = recording;
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
            return model.chat(request)
                    .flatMap(answer ->
                            write(turn, new Recording.Answer(answer, null)).thenReturn(answer));
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            Recording.Turn turn = recording.turn(name(), true, request);
            List<ChatChunk> chunks = new ArrayList<>();
            return model.stream(request)
                    .doOnNext(chunks::add)
                    .concatWith(Mono.defer(() -> write(turn, new Recording.Answer(null, List.copyOf(chunks))))
                            .then(Mono.empty()));
        });
    }

    private Mono<Void> write(Recording.Turn turn, Recording.Answer answer) {
        return FileWork.run(() -> recording.append(turn, answer));
    }
}
