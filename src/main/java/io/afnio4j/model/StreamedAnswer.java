package io.afnio4j.model;

import io.afnio4j.error.IncompleteAnswerException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has come of a streamed answer so far. For one subscriber: signals come one by one. */
public final class StreamedAnswer {

    private final StringBuilder text = new StringBuilder();
    private final List<ToolCall> toolCalls = new ArrayList<>(0);
    private @Nullable FinishReason reason;
    private Usage usage = Usage.NONE;

    /**
     * Adds the next piece.
     *
     * @param chunk as it came
     */
    public void add(ChatChunk chunk) {
        text.append(chunk.text());
        toolCalls.addAll(chunk.toolCalls());
        reason = chunk.finishReason() == null ? reason : chunk.finishReason();
        usage = chunk.usage() == null ? usage : chunk.usage();
    }

    /** Whether no words have come yet. */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** Whether the answer was cut short, at a limit or by a filter. */
    public boolean isCut() {
        return reason == FinishReason.LENGTH || reason == FinishReason.CONTENT_FILTER;
    }

    /**
     * The answer in one piece, once its stream has ended.
     *
     * @param model who answered
     * @return the answer, as {@link ChatModel#chat} would have given it
     * @throws IncompleteAnswerException where it was cut
     */
    public ChatResponse whole(String model) {
        if (isCut()) {
            throw new IncompleteAnswerException("The answer of " + model + " was cut "
                    + (reason == FinishReason.LENGTH
                            ? "at the token limit: raise max_completion_tokens, or ask for a shorter answer."
                            : "by the provider's content filter: change the prompt."));
        }
        return new ChatResponse(text.toString(), toolCalls, reason == null ? FinishReason.OTHER : reason, usage, model);
    }
}
