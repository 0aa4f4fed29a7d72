package io.afnio4j.model.gemini;

import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.ChatProtocol;
import io.afnio4j.model.http.StreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** {@code generateContent} and {@code streamGenerateContent}, version v1beta. */
final class GeminiProtocol implements ChatProtocol {

    private static final String PREFIX = "models/";

    private final String path;
    private final GenerateJson requests;
    private final Answers judge;

    /**
     * Makes the protocol of one model.
     *
     * @param model its name, with {@code models/} before it or without; a name with another slash is a whole path
     * @param requests what writes its requests
     * @param judge what judges its answers
     */
    GeminiProtocol(String model, GenerateJson requests, Answers judge) {
        String bare = bare(model);
        String encoded = URLEncoder.encode(bare, StandardCharsets.UTF_8).replace("%2F", "/");
        this.path = bare.contains("/") ? encoded : PREFIX + encoded;
        this.requests = requests;
        this.judge = judge;
    }

    static String bare(String model) {
        return model.startsWith(PREFIX) ? model.substring(PREFIX.length()) : model;
    }

    @Override
    public String path(boolean stream) {
        return path + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
    }

    @Override
    public void check(ChatRequest request) {
        requests.check(request);
    }

    @Override
    public void write(JsonGenerator json, ChatRequest request, boolean stream) {
        requests.write(json, request);
    }

    @Override
    public ChatResponse read(JsonNode answer) {
        Candidate candidate = new Candidate(judge);
        var unused = candidate.add(answer);
        return candidate.whole();
    }

    /** What Gemini sends where it isn't asked for events, or where something in between loses that wish. */
    @Override
    public ChatResponse readPieces(JsonNode pieces) {
        Candidate candidate = new Candidate(judge);
        for (JsonNode piece : pieces) {
            judge.requireNoError(piece);
            var unused = candidate.add(piece);
        }
        return candidate.whole();
    }

    @Override
    public StreamReader stream(ChatRequest request) {
        return new CandidateStream(judge);
    }
}
