package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one call to a model. A handler or convention of one's own finds here what it needs for further attributes; afnio4j's own writes no text of
 * prompts and answers anywhere. Spans are of the kind CLIENT.
 */
public final class ChatObservationContext extends SenderContext<ChatRequest> {

    /** How calls end. */
    enum Outcome {
        ANSWERED,
        FAILED,
        CANCELLED
    }

    private final ChatModel model;
    private final ChatRequest request;
    private final Phase phase;
    private volatile Usage usage = Usage.NONE;
    private volatile @Nullable FinishReason finishReason;
    private volatile @Nullable String answeredBy;
    private volatile Outcome outcome = Outcome.CANCELLED; // unless one hears better

    ChatObservationContext(ChatModel model, ChatRequest request, Phase phase) {
        super((nothing, name, value) -> {}, Kind.CLIENT); // providers have no use for the headers of a trace
        setCarrier(request);
        this.model = model;
        this.request = request;
        this.phase = phase;
    }

    public ChatModel model() {
        return model;
    }

    public ChatRequest request() {
        return request;
    }

    public Phase phase() {
        return phase;
    }

    /** The tokens of the answer, {@link Usage#NONE} before it has come and where nobody counted. */
    public Usage usage() {
        return usage;
    }

    /** Why the model stopped, null before it has. */
    public @Nullable FinishReason finishReason() {
        return finishReason;
    }

    /** The model as the provider names it, null before the answer, and where the pieces of a streamed one don't name it. */
    public @Nullable String answeredBy() {
        return answeredBy;
    }

    Outcome outcome() {
        return outcome;
    }

    void used(Usage tokens) {
        usage = tokens;
    }

    void finished(FinishReason reason) {
        finishReason = reason;
    }

    void answeredBy(String name) {
        answeredBy = name;
    }

    void ended(Outcome how) {
        outcome = how;
    }
}
