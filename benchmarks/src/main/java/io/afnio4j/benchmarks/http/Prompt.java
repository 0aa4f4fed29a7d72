package io.afnio4j.benchmarks.http;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What all clients ask, and what they get. */
final class Prompt {

    static final String MODEL = "gpt-4o";

    static final String TEXT = """
            Read the definition and answer with the one lexical category that it belongs to, in a single word.

            a device that is worn around the waist or over the shoulder and holds small tools, nails or ammunition so that the wearer has them at hand \
            and keeps both hands free; in a wider sense any belt with loops or pockets, such as those of electricians, carpenters, climbers and \
            soldiers""";

    static final String ANSWER = """
            The answer names the wrong category. Expected was 'artifact', but the answer says 'cognition': the definition speaks of a thing that people \
            made and can touch. The prompt should say that a tool, a building or a garment is an artifact even where its definition speaks of what it \
            is meant for.""";

    static final ChatRequest REQUEST = ChatRequest.of(ChatMessage.user(TEXT));

    private Prompt() {}

    /** The request as the protocol has it. */
    static byte[] json(boolean streamed) {
        Map<String, Object> message = Map.of("role", "user", "content", TEXT);
        Map<String, Object> asked = streamed
                ? Map.of(
                        "model",
                        MODEL,
                        "messages",
                        List.of(message),
                        "stream",
                        true,
                        "stream_options",
                        Map.of("include_usage", true))
                : Map.of("model", MODEL, "messages", List.of(message));
        return JsonMapper.shared().writeValueAsBytes(asked);
    }
}
