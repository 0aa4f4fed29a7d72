package io.afnio4j.model.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.StreamReader;
import io.afnio4j.model.http.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the events of one streamed answer: {@code message_start} with the usage of the prompt, for each block of
 * content its start, its deltas and its end, {@code message_delta} with the reason and the usage so far, which may come
 * several times, {@code message_stop}. A stream is whole when it said why it stopped or that it was done.
 */
final class MessageStream implements StreamReader {

    private static final String LAST = "message_stop";

    /** Quotes within the words of a model are escaped, so none of its words look like this. */
    private static final Pattern SAYS_LAST = Pattern.compile("[{,]\\s*\"type\"\\s*:\\s*\"" + LAST + "\"");

    /** The last event has nothing but its type; longer ones needn't be looked through. */
    private static final int LONGEST_LAST = 100;

    private final Answers judge;
    private final TreeMap<Integer, Block> blocks = new TreeMap<>();
    private final ObjectNode usage = JsonMapper.shared().createObjectNode();
    private boolean stopRead;
    private boolean spoken;
    private @Nullable FinishReason reason;
    private @Nullable String model;

    MessageStream(Answers judge) {
        this.judge = judge;
    }

    @Override
    public boolean isLast(byte[] event) {
        return event.length <= LONGEST_LAST
                && SAYS_LAST.matcher(new String(event, UTF_8)).find();
    }

    @Override
    public @Nullable ChatChunk read(byte[] event) {
        if (stopRead || Answers.isDone(event)) {
            return null;
        }
        JsonNode root = judge.parse(event);
        switch (root.path("type").asString("")) {
            case "message_start" -> {
                String named = root.path("message").path("model").asString("");
                model = named.isEmpty() ? null : named;
                count(root.path("message").path("usage"));
            }
            case "content_block_start" -> {
                return begun(root.path("index").asInt(0), root.path("content_block"));
            }
            case "content_block_delta" -> {
                return more(root.path("index").asInt(0), root.path("delta"));
            }
            case "message_delta" -> {
                count(root.path("usage"));
                JsonNode name = root.path("delta").path("stop_reason");
                reason = name.isString() ? MessageReader.reason(name) : reason;
            }
            case LAST -> stopRead = true;
            default -> {
                // ping, content_block_stop, and what the future brings
            }
        }
        return null;
    }

    /** The later count is the better one; but a gateway's 0 in a later event takes back nothing. */
    private void count(JsonNode told) {
        told.properties().forEach(field -> {
            if (Tokens.count(field.getValue()) > 0 || Tokens.count(usage.path(field.getKey())) == 0) {
                usage.set(field.getKey(), field.getValue());
            }
        });
    }

    private @Nullable ChatChunk begun(int index, JsonNode content) {
        Block block = new Block(content);
        blocks.put(index, block);
        spoken |= block.isText() || block.isCall();
        String text = block.isText() ? content.path("text").asString("") : "";
        return text.isEmpty() ? null : new ChatChunk(text, null, null);
    }

    private @Nullable ChatChunk more(int index, JsonNode delta) {
        Block block = blocks.computeIfAbsent(
                index, absent -> new Block(JsonMapper.shared().createObjectNode()));
        block.thought.append(delta.path("thinking").asString(""));
        block.signature.append(delta.path("signature").asString(""));
        block.arguments.append(delta.path("partial_json").asString(""));
        String text = delta.path("text").asString("");
        spoken |= !text.isEmpty();
        return text.isEmpty() ? null : new ChatChunk(text, null, null);
    }

    @Override
    public @Nullable ChatChunk rest() {
        return isEnded() ? new ChatChunk("", toolCalls(), reason, MessageReader.usage(usage), model) : null;
    }

    private boolean isEnded() {
        return reason != null || stopRead;
    }

    private List<ToolCall> toolCalls() {
        ArrayNode thoughts = JsonMapper.shared().createArrayNode();
        List<ToolCall> calls = new ArrayList<>();
        for (Block block : blocks.values()) {
            if (block.isThought()) {
                thoughts.add(block.thoughtWhole());
            } else if (block.isCall()) {
                calls.add(MessageReader.call(block.start, block.input(), calls.isEmpty() ? thoughts : null));
            }
        }
        return calls;
    }

    @Override
    public void requireWhole() {
        if (!isEnded()) {
            throw judge.broken("ended in the middle, without a stop reason or " + LAST);
        }
        judge.requireWhole(spoken, "", reason == null ? FinishReason.OTHER : reason, MessageReader.usage(usage));
    }

    /** One block of content: how it began, and what the deltas added. */
    private static final class Block {

        private final JsonNode start;
        private final StringBuilder thought = new StringBuilder();
        private final StringBuilder signature = new StringBuilder();
        private final StringBuilder arguments = new StringBuilder();

        private Block(JsonNode start) {
            this.start = start;
        }

        private boolean is(String type) {
            return start.path("type").asString("").equals(type);
        }

        private boolean isText() {
            return is("text");
        }

        private boolean isCall() {
            return is("tool_use");
        }

        private boolean isThought() {
            return is("thinking") || is("redacted_thinking");
        }

        private String input() {
            return arguments.isEmpty() ? MessageReader.input(start) : arguments.toString();
        }

        private JsonNode thoughtWhole() {
            if (!is("thinking") || !(start.deepCopy() instanceof ObjectNode whole)) {
                return start;
            }
            return whole.put("thinking", whole.path("thinking").asString("") + thought)
                    .put("signature", whole.path("signature").asString("") + signature);
        }
    }
}
