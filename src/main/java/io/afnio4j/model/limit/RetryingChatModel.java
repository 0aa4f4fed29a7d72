package io.afnio4j.model.limit;

import io.afnio4j.error.RetriableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Sends a call again when it failed in a way that may pass ({@link RetriableException}), at most
 * {@link Limits#maxRetries()} times, after the waits of {@link RetryPolicy}. Every other failure passes at once. A call
 * that the circuit breaker didn't let through uses up no attempt; it waits for the breaker, all in all not longer than
 * {@link Limits#maxRetryWait()}.
 *
 * <p>Where a provider asks for more than {@link Limits#maxRetryWait()}, the call fails at once and says for how long.
 * Where the attempts are used up, the last failure comes, and its message says how many there were. Both keep the type
 * of the failure and have it as their cause. A streamed answer is asked for again only while no words and no calls of
 * tools of it were handed on: the reader can't unread.
 *
 * <p>A call that succeeds at once pays for none of this: the machinery is put up when its first attempt has failed.
 */
final class RetryingChatModel extends ChatModelDecorator {

    private final RetryPolicy policy;

    /**
     * Repeats the failed calls of a model.
     *
     * @param model what to call
     * @param policy how often, and after which waits
     */
    RetryingChatModel(ChatModel model, RetryPolicy policy) {
        super(model);
        this.policy = policy;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return model.chat(request)
                .onErrorResume(RetriableException.class, failure -> {
                    Attempts attempts = new Attempts(policy);
                    return attempts.waitAfter(failure)
                            .then(Mono.defer(() -> model.chat(request)).retryWhen(by(attempts, () -> false)));
                })
                .contextWrite(Arrival::in);
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            AtomicBoolean begun = new AtomicBoolean();
            Flux<ChatChunk> attempt =
                    Flux.defer(() -> model.stream(request)).doOnNext(chunk -> begun.compareAndSet(false, says(chunk)));
            return attempt.onErrorResume(RetriableException.class, failure -> {
                        if (begun.get()) {
                            return Flux.error(failure);
                        }
                        Attempts attempts = new Attempts(policy);
                        return attempts.waitAfter(failure).thenMany(attempt.retryWhen(by(attempts, begun::get)));
                    })
                    .contextWrite(Arrival::in);
        });
    }

    /** Whether a piece has more than usage and the like, of which a further attempt may tell again. */
    static boolean says(ChatChunk chunk) {
        return !chunk.text().isEmpty() || !chunk.toolCalls().isEmpty();
    }

    private static Retry by(Attempts attempts, BooleanSupplier begun) {
        return Retry.from(failures -> failures.concatMap(
                signal -> begun.getAsBoolean() ? Mono.error(signal.failure()) : attempts.waitAfter(signal.failure())));
    }
}
