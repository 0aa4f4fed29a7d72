package io.afnio4j.model.script;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Writes down what a model answers, for a {@link ReplayingChatModel} to say again without a key. The file grows by a line of JSON for each answer, which holds
 * the whole request; a key or another header is never in it, since a request has none. Failures aren't recorded.
 *
 * <p>An answer is handed on when it has been written, and a file that can't be written is a {@link io.afnio4j.error.BadFileException}. A stream is written when it
 * has ended; one that was left midway isn't.
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
        return model.chat(request)
                .flatMap(answer ->
                        write(() -> recording.append(name(), request, answer)).thenReturn(answer));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            List<ChatChunk> chunks = new ArrayList<>();
            return model.stream(request)
                    .doOnNext(chunks::add)
                    .concatWith(Mono.defer(() -> write(() -> recording.append(name(), request, chunks)))
                            .then(Mono.empty()));
        });
    }

    private static Mono<Void> write(Runnable line) {
        return Mono.<Void>fromRunnable(line).subscribeOn(Schedulers.boundedElastic());
    }
}
