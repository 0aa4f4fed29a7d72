package io.afnio4j.model;

import org.jspecify.annotations.Nullable;

/** See {@link TokenEstimator#rough()}. */
final class RoughEstimator implements TokenEstimator {

    static final RoughEstimator INSTANCE = new RoughEstimator();

    private static final int ASCII_PER_TOKEN = 3;
    private static final int FRAME = 4;
    private static final int PICTURE = 1_000;

    private RoughEstimator() {}

    @Override
    public long promptTokens(ChatRequest request) {
        long thirds = thirds(request.options().get("tools"))
                + thirds(request.options().get("response_format"));
        long others = 0;
        for (ChatMessage message : request.messages()) {
            others += FRAME;
            for (ToolCall call : message.toolCalls()) {
                thirds += thirds(call.name()) + thirds(call.arguments());
            }
            for (ContentPart part : message.parts()) {
                if (part instanceof ContentPart.Text text) {
                    thirds += thirds(text.text());
                } else {
                    others += PICTURE;
                }
            }
        }
        return others + ceiling(thirds);
    }

    /** The tokens of an answer's words. */
    static long tokens(String text) {
        return ceiling(thirds(text));
    }

    private static long thirds(@Nullable Object json) {
        return json == null ? 0 : thirds(json.toString());
    }

    private static long thirds(String text) {
        long wide = 0;
        for (int i = 0; i < text.length(); i++) {
            wide += (text.charAt(i) + 0xFF80) >> 16; // 1 beyond ASCII, without a branch
        }
        return text.length() + (ASCII_PER_TOKEN - 1) * wide;
    }

    private static long ceiling(long thirds) {
        return (thirds + ASCII_PER_TOKEN - 1) / ASCII_PER_TOKEN;
    }
}
