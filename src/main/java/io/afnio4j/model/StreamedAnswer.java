package io.afnio4j.model;

import io.afnio4j.error.IncompleteAnswerException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the pieces of a streamed answer together. Used by one thread at a time. */
public final class StreamedAnswer {

    private final StringBuilder text = new StringBuilder();
    private final List<ToolCall> toolCalls = new ArrayList<>();
    private @Nullable FinishReason reason;
    private Usage usage = Usage.NONE;
    private @Nullable String answeredBy;

    /**
     * Adds the next piece.
     *
     * @param chunk the piece
     */
    public void add(ChatChunk chunk) {
        text.append(chunk.text());
        toolCalls.addAll(chunk.toolCalls());
        FinishReason finished = chunk.finishReason();
        reason = finished == null ? reason : finished;
        Usage reported = chunk.usage();
        usage = reported == null ? usage : reported;
        String named = chunk.model();
        answeredBy = named == null ? answeredBy : named;
    }

    /**
     * Whether nothing was said yet.
     *
     * @return true before the first word
     */
    public boolean isEmpty() {
        return text.isEmpty();
    }

    /**
     * The answer, as {@link ChatModel#chat} would have given it.
     *
     * @param model who was asked; where the pieces name who answered, that is what the answer says
     * @return the whole answer
     * @throws IncompleteAnswerException where it was cut
     */
    public ChatResponse whole(String model) {
        if (reason == FinishReason.LENGTH || reason == FinishReason.CONTENT_FILTER) {
            throw new IncompleteAnswerException("The answer of " + model + " was cut "
                    + (reason == FinishReason.LENGTH
                            ? "at the token limit: raise max_completion_tokens, or ask for a shorter answer."
                            : "by the provider's content filter: change the prompt."));
        }
        return new ChatResponse(
                text.toString(),
                toolCalls,
                reason == null ? FinishReason.OTHER : reason,
                usage,
                answeredBy == null ? model : answeredBy);
    }
}
