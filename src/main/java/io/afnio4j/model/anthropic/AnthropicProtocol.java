package io.afnio4j.model.anthropic;

import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.ChatProtocol;
import io.afnio4j.model.http.StreamReader;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** The Messages API, version 2023-06-01. */
final class AnthropicProtocol implements ChatProtocol {

    private final MessagesJson requests;
    private final Answers judge;
    private final MessageReader messages;

    AnthropicProtocol(MessagesJson requests, Answers judge) {
        this.requests = requests;
        this.judge = judge;
        this.messages = new MessageReader(judge);
    }

    @Override
    public String path(boolean stream) {
        return "messages";
    }

    @Override
    public void check(ChatRequest request) {
        requests.check(request);
    }

    @Override
    public long ownAnswerLimit() {
        return MessagesJson.DEFAULT_MAX_TOKENS;
    }

    @Override
    public void write(JsonGenerator json, ChatRequest request, boolean stream) {
        requests.write(json, request, stream);
    }

    @Override
    public ChatResponse read(JsonNode answer) {
        return messages.read(answer);
    }

    @Override
    public StreamReader stream(ChatRequest request) {
        return new MessageStream(judge);
    }
}
