package io.afnio4j.model.limit;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.EndpointFailedException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.error.UnsupportedRequestException;
import io.afnio4j.model.AnswerLimit;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ThrottleScope;
import io.afnio4j.model.TokenEstimator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks a second model where the first can't be had. Each of the two has limits, retries and a budget of its own: the
 * second is asked when the first has given up, or at once where its circuit breaker is open. A stream goes over to the
 * second model only while nothing of it was handed on.
 *
 * <p>Each of the two counts in a meter of its own, and {@code Metered.of} this model finds the first one's. Keep both
 * clients, and what they used together is {@code first.usage().total().plus(second.usage().total())}.
 *
 * <pre>{@code
 * ChatModel model = FallbackChatModel.of(
 *         ModelClient.of("openai/gpt-4o", options), ModelClient.of("anthropic/claude-sonnet-5-5", others));
 * }</pre>
 */
public final class FallbackChatModel extends ChatModelDecorator {

    private final ChatModel second;
    private final Predicate<? super AfnioException> when;

    private FallbackChatModel(ChatModel first, ChatModel second, Predicate<? super AfnioException> when) {
        super(first);
        this.second = second;
        this.when = when;
    }

    /**
     * Goes over to the second model where the first can't be reached, is overloaded, fails, gives no readable answer,
     * isn't known, or can't do what is asked at all: not where the request or the key is at fault, the budget is used
     * up, or the answer isn't to the caller's liking.
     *
     * @param first asked first; its name is the name of both
     * @param second asked where the first can't be had
     * @return both; closing it closes both
     */
    public static FallbackChatModel of(ChatModel first, ChatModel second) {
        return of(
                first,
                second,
                failure -> failure instanceof RetriableException
                        || failure instanceof EndpointFailedException
                        || failure instanceof UnknownModelException
                        || failure instanceof UnsupportedRequestException);
    }

    /**
     * Goes over to the second model by a rule of one's own.
     *
     * @param first asked first; its name is the name of both
     * @param second asked where the rule says so
     * @param when which failures of the first send a call to the second
     * @return both; closing it closes both
     */
    public static FallbackChatModel of(ChatModel first, ChatModel second, Predicate<? super AfnioException> when) {
        return new FallbackChatModel(first, second, when);
    }

    /** What both can take. */
    @Override
    public long contextWindow() {
        return Math.min(model.contextWindow(), second.contextWindow());
    }

    /** The longer of what each counts. */
    @Override
    public TokenEstimator tokenEstimator() {
        return new Longer(model.tokenEstimator(), second.tokenEstimator());
    }

    /** Two models, and mostly two keys: what one of them is told isn't meant for both. */
    @Override
    public @Nullable ThrottleScope throttleScope() {
        return null;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return model.chat(request)
                .contextWrite(new Elsewhere(when)::in)
                .onErrorResume(
                        AfnioException.class,
                        failure -> when.test(failure)
                                ? second.chat(request).doOnError(last -> last.addSuppressed(failure))
                                : Mono.error(failure));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            AtomicBoolean begun = new AtomicBoolean();
            return model.stream(request)
                    .doOnNext(chunk -> begun.compareAndSet(false, RetryingChatModel.says(chunk)))
                    .contextWrite(new Elsewhere(when)::in)
                    .onErrorResume(
                            AfnioException.class,
                            failure -> !begun.get() && when.test(failure)
                                    ? second.stream(request).doOnError(last -> last.addSuppressed(failure))
                                    : Flux.error(failure));
        });
    }

    @Override
    public void close() {
        model.close();
        second.close();
    }

    private record Longer(TokenEstimator first, TokenEstimator second) implements TokenEstimator {

        @Override
        public long promptTokens(ChatRequest request) {
            return Math.max(first.promptTokens(request), second.promptTokens(request));
        }

        @Override
        public AnswerLimit answer(ChatRequest request) {
            AnswerLimit one = first.answer(request);
            AnswerLimit other = second.answer(request);
            return one.each() < other.each() ? other : one;
        }
    }
}
