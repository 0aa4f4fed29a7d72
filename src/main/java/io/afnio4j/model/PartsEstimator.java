package io.afnio4j.model;

import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Adds up the tokens of all that a request holds: see {@link TokenEstimator#counting}. */
final class PartsEstimator implements TokenEstimator {

    static final TokenEstimator ROUGH = new PartsEstimator(RoughTokens::of);

    private static final int FRAME = 4;
    private static final int PICTURE = 1_000;

    private final ToLongFunction<String> tokens;

    PartsEstimator(ToLongFunction<String> tokens) {
        this.tokens = tokens;
    }

    @Override
    public long promptTokens(ChatRequest request) {
        long sum = ofJson(request.options().get("tools"))
                + ofJson(request.options().get("response_format"));
        for (ChatMessage message : request.messages()) {
            sum += FRAME;
            for (ToolCall call : message.toolCalls()) {
                sum += tokens.applyAsLong(call.name()) + tokens.applyAsLong(call.arguments());
                sum += call.signature() == null ? 0 : tokens.applyAsLong(call.signature());
            }
            for (ContentPart part : message.parts()) {
                sum += part instanceof ContentPart.Text text ? tokens.applyAsLong(text.text()) : PICTURE;
            }
        }
        return sum;
    }

    private long ofJson(@Nullable Object json) {
        return json == null ? 0 : tokens.applyAsLong(json.toString());
    }
}
