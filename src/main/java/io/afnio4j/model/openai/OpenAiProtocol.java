package io.afnio4j.model.openai;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnsupportedRequestException;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.ChatProtocol;
import io.afnio4j.model.http.StreamReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** The chat completions protocol. */
final class OpenAiProtocol implements ChatProtocol {

    private final RequestJson requests;
    private final AnswerReader answers;
    private final Answers judge;
    private final Concessions concessions = new Concessions();

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
    public ChatRequest adapted(ChatRequest request, boolean stream) {
        return concessions.adapted(stream ? requests.withUsage(request) : request);
    }

    @Override
    public AfnioException reconsidered(AfnioException failure, ChatRequest request, ChatRequest sent) {
        @Nullable String form = isRefusal(failure) ? concessions.heed(failure, request, sent) : null;
        return form == null
                ? failure
                : new UnavailableException(failure.getMessage() + " It is asked again " + form + ".", null, failure);
    }

    /** Old servers of llama.cpp refuse a form with 500. What was lost may be charged, and stays what it is. */
    private static boolean isRefusal(AfnioException failure) {
        return failure instanceof RejectedRequestException
                || failure instanceof UnsupportedRequestException
                || (failure instanceof UnavailableException unavailable && !unavailable.answerLost());
    }

    @Override
    public StreamReader stream(ChatRequest request) {
        return new ChunkReader(judge, requests.asksForSeveral(request.options()));
    }
}
