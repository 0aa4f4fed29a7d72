package io.afnio4j.model.script;

import io.afnio4j.file.FileWork;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Answers from a recording, without a network and without a key: the same request to the same model, in every field,
 * gets the answer that it got when it was recorded. A request that was recorded several times gets its answers in the
 * order in which it was made, whichever came first, and the last one from then on. What isn't in the recording is an
 * {@link IllegalStateException} that comes through the {@code Mono}.
 *
 * <p>The file is read once, when the first call is subscribed to, on a thread that may block. One instance is one
 * replay.
 *
 * <pre>{@code
 * ChatModel model = Files.exists(file)
 *         ? ReplayingChatModel.of("openai/gpt-4o", file)
 *         : RecordingChatModel.of(ModelClient.of("openai/gpt-4o", options), file);
 * }</pre>
 */
public final class ReplayingChatModel implements ChatModel {

    private final String name;
    private final Path file;
    private final Recording recording;
    private final Mono<Map<Recording.Question, List<Recording.Answer>>> answers;

    private ReplayingChatModel(String name, Path file) {
        this.name = name;
        this.file = file;
        this.recording = new Recording(file);
        this.answers = FileWork.find(recording::read).cache();
    }

    /**
     * Replays a recording.
     *
     * @param name the path of the model that was recorded, for example {@code openai/gpt-4o}
     * @param file what a {@link RecordingChatModel} wrote
     * @return the model
     */
    public static ReplayingChatModel of(String name, Path file) {
        return new ReplayingChatModel(name, file);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return find(request, false).flatMap(answer -> Mono.justOrEmpty(answer.whole()));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return find(request, true).flatMapIterable(ReplayingChatModel::chunks);
    }

    private static List<ChatChunk> chunks(Recording.Answer answer) {
        List<ChatChunk> chunks = answer.chunks();
        return chunks == null ? List.of() : chunks;
    }

    private Mono<Recording.Answer> find(ChatRequest request, boolean streamed) {
        return Mono.defer(() -> {
            Recording.Turn turn = recording.turn(name, streamed, request);
            return answers.map(all -> answer(all.get(turn.question()), turn.number()));
        });
    }

    private Recording.Answer answer(@Nullable List<Recording.Answer> recorded, int number) {
        if (recorded == null) {
            throw new IllegalStateException("The recording " + file
                    + " has no answer to this request: it was never made, or to another model, or in another way (other"
                    + " words, other options, streamed or not). Record it anew.");
        }
        return recorded.get(Math.min(number, recorded.size() - 1));
    }
}
