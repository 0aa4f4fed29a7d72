package io.afnio4j.model.openai;

import java.util.Map;

/** Bodies as providers send them. */
final class Completions {

    static final String USAGE = """
            {"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,\
            "prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}""";

    private Completions() {}

    static String saying(String text) {
        return of("""
                {"role":"assistant","content":%s,"refusal":null}""".formatted(quoted(text)), "\"stop\"", USAGE);
    }

    static String of(String message, String finishReason, String usage) {
        return """
                {"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o-2024-08-06",\
                "choices":[{"index":0,"message":%s,"logprobs":null,"finish_reason":%s}],"usage":%s}""".formatted(message, finishReason, usage);
    }

    static String event(String delta, String finishReason) {
        return "data: " + chunk(delta, finishReason) + "\n\n";
    }

    static String chunk(String delta, String finishReason) {
        return """
                {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-2024-08-06",\
                "choices":[{"index":0,"delta":%s,"finish_reason":%s}],"usage":null}""".formatted(delta, finishReason);
    }

    static String word(String text) {
        return event("{\"content\":" + quoted(text) + "}", "null");
    }

    static String stop() {
        return event("{}", "\"stop\"");
    }

    static String usageEvent() {
        return "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                + "\"model\":\"gpt-4o-2024-08-06\",\"choices\":[],\"usage\":" + USAGE + "}\n\n";
    }

    static String done() {
        return "data: [DONE]\n\n";
    }

    static String error(String message, String type, String code) {
        return Json.MAPPER.writeValueAsString(
                Map.of("error", Map.of("message", message, "type", type, "param", "model", "code", code)));
    }

    private static String quoted(String text) {
        return Json.MAPPER.writeValueAsString(text);
    }
}
