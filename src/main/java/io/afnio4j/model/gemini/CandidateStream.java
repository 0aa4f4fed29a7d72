package io.afnio4j.model.gemini;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.StreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one streamed answer. Each is a response of its own and may bring calls of tools, the usage so
 * far, and why the model stopped, even where more follows. Nothing marks the last event: the body ends.
 */
final class CandidateStream implements StreamReader {

    private final Answers judge;
    private final Candidate candidate;

    CandidateStream(Answers judge) {
        this.judge = judge;
        this.candidate = new Candidate(judge);
    }

    @Override
    public boolean isLast(byte[] event) {
        return false;
    }

    @Override
    public boolean marksItsEnd() {
        return false;
    }

    @Override
    public @Nullable ChatChunk read(byte[] event) {
        if (Answers.isDone(event)) {
            return null;
        }
        String text = candidate.add(judge.parse(event));
        return text.isEmpty() ? null : new ChatChunk(text, null, null);
    }

    @Override
    public @Nullable ChatChunk rest() {
        FinishReason reason = candidate.reason();
        return reason == null
                ? null
                : new ChatChunk("", candidate.calls(), reason, candidate.usage(), candidate.model());
    }

    @Override
    public void requireWhole() {
        if (candidate.reason() == null) {
            throw judge.broken("ended in the middle, without a finish reason");
        }
        ChatResponse unused = candidate.whole();
    }
}
