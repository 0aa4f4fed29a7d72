package io.afnio4j.model.openai;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.ChatProtocol;
import io.afnio4j.model.http.StreamReader;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** The chat completions protocol. */
final class OpenAiProtocol implements ChatProtocol {

    private final RequestJson requests;
    private final AnswerReader answers;
    private final Answers judge;

    OpenAiProtocol(RequestJson requests, Answers judge) {
        this.requests = requests;
        this.answers = new AnswerReader(judge);
        this.judge = judge;
    }

    @Override
    public String path(boolean stream) {
        return "chat/completions";
    }

    @Override
    public void check(ChatRequest request) {
        requests.check(request.options());
    }

    @Override
    public void write(JsonGenerator json, ChatRequest request, boolean stream) {
        requests.write(json, request, stream);
    }

    @Override
    public ChatResponse read(JsonNode answer) {
        return answers.read(answer);
    }

    @Override
    public ChatRequest streamed(ChatRequest request) {
        return requests.withUsage(request);
    }

    /** Servers exist that refuse a stream whose usage is asked for: Mistral's, Databricks', old ones. Their answers do without, and their tokens are estimated. */
    @Override
    public AfnioException reconsidered(RejectedRequestException refusal, ChatRequest request, ChatRequest sent) {
        String words = String.valueOf(refusal.getMessage());
        return requests.heedRefusal(words, request, !sent.equals(request))
                ? new UnavailableException(words + " It is asked again without the usage of the stream.", null, refusal)
                : refusal;
    }

    @Override
    public StreamReader stream() {
        return new ChunkReader(judge);
    }
}
