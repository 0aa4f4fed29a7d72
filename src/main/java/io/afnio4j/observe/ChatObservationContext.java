package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.FinishReason;
import org.jspecify.annotations.Nullable;

/** What is known of one call for a chat. */
public final class ChatObservationContext extends CallObservationContext<ChatRequest> {

    private final ChatModel model;
    private final ChatRequest request;
    private volatile @Nullable FinishReason finishReason;

    ChatObservationContext(ChatModel model, ChatRequest request, Phase phase) {
        super("chat", model.name(), model.address(), request, phase);
        this.model = model;
        this.request = request;
    }

    public ChatModel model() {
        return model;
    }

    public ChatRequest request() {
        return request;
    }

    /** Why the model stopped, null before it has. */
    public @Nullable FinishReason finishReason() {
        return finishReason;
    }

    void finished(FinishReason reason) {
        finishReason = reason;
    }
}
