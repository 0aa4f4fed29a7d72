package io.afnio4j.testing;

import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Bodies as providers send them. */
public final class Completions {

    public static final String USAGE = """
            {"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,\
            "prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}""";

    private Completions() {}

    public static Answer answer(String text) {
        return Answer.ok(saying(text));
    }

    public static String saying(String text) {
        return of("""
                {"role":"assistant","content":%s,"refusal":null}""".formatted(quoted(text)), "\"stop\"", USAGE);
    }

    public static String of(String message, String finishReason, String usage) {
        return """
                {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-2024-08-06",\
                "choices":[{"index":0,"message":%s,"logprobs":null,"finish_reason":%s}],"usage":%s}""".formatted(message, finishReason, usage);
    }

    public static String event(String delta, String finishReason) {
        return "data: " + chunk(delta, finishReason) + "\n\n";
    }

    public static String chunk(String delta, String finishReason) {
        return """
                {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-2024-08-06",\
                "choices":[{"index":0,"delta":%s,"finish_reason":%s}],"usage":null}""".formatted(delta, finishReason);
    }

    public static String word(String text) {
        return event("{\"content\":" + quoted(text) + "}", "null");
    }

    public static String stop() {
        return event("{}", "\"stop\"");
    }

    public static String usageEvent() {
        return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                + "\"model\":\"gpt-4o-2024-08-06\",\"choices\":[],\"usage\":" + USAGE + "}\n\n";
    }

    public static String done() {
        return "data: [DONE]\n\n";
    }

    public static String error(String message, String type, String code) {
        return JsonMapper.shared()
                .writeValueAsString(
                        Map.of("error", Map.of("message", message, "type", type, "param", "model", "code", code)));
    }

    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }
}
