package io.afnio4j.model.limit;

import io.afnio4j.model.AnswerLimit;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Estimates requests as they are sent: with the fields that the client adds to each, and with the limit on answers that
 * it sends where nobody sets one.
 *
 * @param estimator of what is sent
 * @param ofClient the fields of the client, which a request's own options go before
 * @param ownLimit {@link ChatModel#ownAnswerLimit()}
 */
record AsSent(TokenEstimator estimator, CompletionOptions ofClient, long ownLimit) implements TokenEstimator {

    static TokenEstimator estimator(ChatModel wire, ClientOptions options) {
        TokenEstimator estimator = options.limits().tokenEstimator();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        options.bodyFields().forEach((name, value) -> {
            if (value != null) {
                fields.put(name, value);
            }
        });
        return fields.isEmpty() && wire.ownAnswerLimit() == 0
                ? estimator
                : new AsSent(estimator, new CompletionOptions(fields), wire.ownAnswerLimit());
    }

    @Override
    public long promptTokens(ChatRequest request) {
        return estimator.promptTokens(sent(request));
    }

    @Override
    public AnswerLimit answer(ChatRequest request) {
        return estimator.answer(sent(request));
    }

    @Override
    public Usage atMost(ChatRequest request) {
        return estimator.atMost(sent(request));
    }

    private ChatRequest sent(ChatRequest request) {
        CompletionOptions options = ofClient.overriddenBy(request.options());
        boolean unlimited = ownLimit > 0 && !AnswerLimit.of(options).declared();
        return new ChatRequest(
                request.messages(), unlimited ? options.with("max_completion_tokens", ownLimit) : options);
    }
}
