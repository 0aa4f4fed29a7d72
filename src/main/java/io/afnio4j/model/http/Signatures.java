package io.afnio4j.model.http;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ToolCall;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets what a server wants to have back with calls of tools go back to that server alone. A conversation may go on
 * elsewhere, as with a fallback, where thoughts and signatures of others are refused. So each signature bears a mark of
 * where it came from.
 */
final class Signatures {

    private final String mark;

    /**
     * Makes the signatures of one place.
     *
     * @param provider whose protocol is spoken there
     * @param origin scheme, host and port
     */
    Signatures(String provider, String origin) {
        this.mark = provider + " at " + origin + ": ";
    }

    /**
     * Takes away what isn't meant for this place.
     *
     * @param request with signatures from anywhere
     * @return the request with the signatures that came from here, as they came
     */
    ChatRequest own(ChatRequest request) {
        return request.messages().stream()
                        .allMatch(message -> message.toolCalls().isEmpty())
                ? request
                : new ChatRequest(request.messages().stream().map(this::own).toList(), request.options());
    }

    private ChatMessage own(ChatMessage message) {
        List<ToolCall> calls = message.toolCalls().stream()
                .map(call -> signed(call, own(call.signature())))
                .toList();
        return new ChatMessage(message.role(), message.parts(), calls, message.toolCallId());
    }

    private @Nullable String own(@Nullable String signature) {
        return signature == null || !signature.startsWith(mark) ? null : signature.substring(mark.length());
    }

    ChatResponse marked(ChatResponse answer) {
        return answer.toolCalls().isEmpty()
                ? answer
                : new ChatResponse(
                        answer.text(),
                        marked(answer.toolCalls()),
                        answer.finishReason(),
                        answer.usage(),
                        answer.model());
    }

    ChatChunk marked(ChatChunk chunk) {
        return chunk.toolCalls().isEmpty()
                ? chunk
                : new ChatChunk(
                        chunk.text(), marked(chunk.toolCalls()), chunk.finishReason(), chunk.usage(), chunk.model());
    }

    private List<ToolCall> marked(List<ToolCall> calls) {
        return calls.stream()
                .map(call -> signed(call, call.signature() == null ? null : mark + call.signature()))
                .toList();
    }

    private static ToolCall signed(ToolCall call, @Nullable String signature) {
        return Objects.equals(call.signature(), signature)
                ? call
                : new ToolCall(call.id(), call.name(), call.arguments(), signature);
    }
}
