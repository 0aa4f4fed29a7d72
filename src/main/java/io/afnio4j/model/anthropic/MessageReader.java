package io.afnio4j.model.anthropic;

import static io.afnio4j.model.http.Tokens.count;

import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.Turns;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Reads whole answers. The thoughts that stand before calls of tools have to go back with them, so they travel as the
 * signature of the first call.
 */
final class MessageReader {

    private final Answers judge;

    MessageReader(Answers judge) {
        this.judge = judge;
    }

    ChatResponse read(JsonNode message) {
        StringBuilder text = new StringBuilder();
        List<JsonNode> calls = new ArrayList<>();
        ArrayNode thoughts = JsonMapper.shared().createArrayNode();
        boolean spoken = false;
        JsonNode content = message.path("content");
        if (content.isString()) { // as in requests, where the protocol allows it
            text.append(content.stringValue());
            spoken = true;
        }
        for (JsonNode block : content) {
            switch (block.path("type").asString("")) {
                case "text" -> {
                    text.append(block.path("text").asString(""));
                    spoken = true;
                }
                case "tool_use" -> calls.add(block);
                case "thinking", "redacted_thinking" -> thoughts.add(block);
                default -> {
                    // A block of a kind that has no meaning here, such as a search of the provider's own.
                }
            }
        }
        FinishReason reason = reason(message.path("stop_reason"));
        Usage usage = usage(message.path("usage"));
        judge.requireWhole(spoken || !calls.isEmpty(), "", reason, usage);
        String model = message.path("model").asString(judge.model());
        return new ChatResponse(text.toString(), toolCalls(calls, thoughts), reason, usage, model);
    }

    private static List<ToolCall> toolCalls(List<JsonNode> blocks, ArrayNode thoughts) {
        List<ToolCall> calls = new ArrayList<>(blocks.size());
        for (JsonNode block : blocks) {
            calls.add(call(block, input(block), calls.isEmpty() ? thoughts : null));
        }
        return calls;
    }

    static String input(JsonNode block) {
        return Turns.given(block.path("input"));
    }

    static ToolCall call(JsonNode block, String arguments, @Nullable ArrayNode thoughts) {
        return new ToolCall(
                block.path("id").asString(""),
                block.path("name").asString(""),
                arguments,
                thoughts == null || thoughts.isEmpty() ? null : thoughts.toString());
    }

    static FinishReason reason(JsonNode name) {
        return switch (name.asString("")) {
            case "end_turn", "stop_sequence" -> FinishReason.STOP;
            case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "refusal" -> FinishReason.CONTENT_FILTER;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            default -> FinishReason.OTHER;
        };
    }

    /** Anthropic counts what it reads from its cache, and what it writes there, beside the rest of the prompt. */
    static Usage usage(JsonNode usage) {
        long cached = count(usage.path("cache_read_input_tokens"));
        long written = count(usage.path("cache_creation_input_tokens"));
        long prompt = count(usage.path("input_tokens")) + cached + written;
        return new Usage(prompt, cached, written, count(usage.path("output_tokens")), 0);
    }
}
