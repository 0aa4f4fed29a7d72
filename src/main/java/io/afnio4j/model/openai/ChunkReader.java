package io.afnio4j.model.openai;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import tools.jackson.databind.JsonNode;

/**
 * Reads the events of one streamed answer and judges at its end whether it was whole. A stream is whole when it said
 * why it stopped or that it was done; whichever of the two a server forgets, the other is enough. It serves one
 * subscription.
 */
final class ChunkReader {

    private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

    private final AnswerReader answers;
    private final Sinks.Empty<Void> done = Sinks.empty();
    private volatile boolean doneArrived;
    private boolean doneRead;
    private boolean spoken;
    private String refusal = "";
    private @Nullable FinishReason reason;

    ChunkReader(AnswerReader answers) {
        this.answers = answers;
    }

    /**
     * Looks at events when they come in, which may be long before the subscriber wants to have them: from the last of
     * them on it doesn't matter any more what becomes of the connection.
     *
     * @param events the data of the next events
     */
    void arrived(List<byte[]> events) {
        if (!doneArrived && events.stream().anyMatch(ChunkReader::isDone)) {
            doneArrived = true;
            done.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
        }
    }

    boolean doneArrived() {
        return doneArrived;
    }

    /** Completes when the provider has said that nothing follows. */
    Mono<Void> done() {
        return done.asMono();
    }

    /**
     * Reads one event and emits its chunk, unless it says nothing of interest.
     *
     * @param event the event's data
     * @param sink where the chunk goes
     */
    void read(byte[] event, SynchronousSink<ChatChunk> sink) {
        doneRead |= isDone(event);
        if (doneRead) {
            return;
        }
        JsonNode root = answers.parse(event, event.length);
        JsonNode choice = root.path("choices").path(0);
        String text = text(choice.path("delta"));
        FinishReason stopped = stopped(choice.path("finish_reason"));
        Usage usage = root.path("usage").isObject() ? AnswerReader.usage(root.path("usage")) : null;
        if (!text.isEmpty() || stopped != null || usage != null) {
            sink.next(new ChatChunk(text, stopped, usage));
        }
    }

    private String text(JsonNode delta) {
        // A refusal comes in pieces too; its beginning says enough.
        if (refusal.isEmpty()) {
            refusal = delta.path("refusal").asString("");
        }
        String text = AnswerReader.text(delta.path("content"));
        spoken |= text != null;
        return text == null ? "" : text;
    }

    private @Nullable FinishReason stopped(JsonNode name) {
        if (!name.isString()) {
            return null;
        }
        reason = AnswerReader.reason(name);
        return reason;
    }

    /**
     * Judges the stream after its last event.
     *
     * @throws io.afnio4j.error.AfnioException where it wasn't whole
     */
    void requireWhole() {
        if (reason == null && !doneRead) {
            throw answers.broken("ended in the middle, without a finish reason or [DONE]");
        }
        answers.requireWhole(spoken, refusal, reason == null ? FinishReason.OTHER : reason);
    }

    private static boolean isDone(byte[] event) {
        return Arrays.equals(event, DONE);
    }
}
