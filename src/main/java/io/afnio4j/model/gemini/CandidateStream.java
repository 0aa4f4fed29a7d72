package io.afnio4j.model.gemini;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.StreamReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one streamed answer. Each is a response of its own; the one that says why the model stopped also has all of
 * its calls of tools and the final usage. Nothing marks the last event: the body ends.
 */
final class CandidateStream implements StreamReader {

    private final Answers judge;
    private final Candidate candidate;
    private boolean ended;

    CandidateStream(Answers judge) {
        this.judge = judge;
        this.candidate = new Candidate(judge);
    }

    @Override
    public boolean isLast(byte[] event) {
        return false;
    }

    @Override
    public @Nullable ChatChunk read(byte[] event) {
        String text = candidate.add(judge.parse(event, event.length));
        if (candidate.reason() != null && !ended) {
            ended = true;
            return new ChatChunk(text, candidate.calls(), candidate.reason(), candidate.usage(), candidate.model());
        }
        return text.isEmpty() ? null : new ChatChunk(text, null, null);
    }

    @Override
    public void requireWhole() {
        if (!ended) {
            throw judge.broken("ended in the middle, without a finish reason");
        }
        ChatResponse unused = candidate.whole();
    }
}
