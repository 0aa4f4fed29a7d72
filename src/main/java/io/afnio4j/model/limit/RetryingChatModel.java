package io.afnio4j.model.limit;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry.RetrySignal;

/**
 * Sends a call again when it failed in a way that may pass ({@link RetriableException}), at most
 * {@link ClientOptions#maxRetries()} times. It waits as long as the provider asked for, and at least 0.5 s, doubling with
 * each attempt to 8 s and shortened by chance by up to a quarter, so that callers who failed together don't come back
 * together. Every other failure passes at once.
 *
 * <p>Where a provider asks for more than {@link ClientOptions#maxRetryWait()}, the call fails at once and says for how long.
 * Where the attempts are used up, the last failure comes, and its message says how many there were. Both keep the type of
 * the failure and have it as their cause. A streamed answer is asked for again only while nothing of it was handed on: the
 * reader can't unread.
 */
public final class RetryingChatModel implements ChatModel {

    private static final double FIRST_WAIT_MILLIS = 500;
    private static final double LONGEST_WAIT_MILLIS = 8_000;
    private static final double JITTER = 0.25;

    private final ChatModel model;
    private final Duration longestWait;
    private final Scheduler timers;
    private final RetryListener listener;
    private final DoubleSupplier chance;
    private final Retry policy;

    /**
     * Repeats the failed calls of a model.
     *
     * @param model what to call
     * @param options how often, and how long at most
     * @param listener hears of each repetition
     */
    public RetryingChatModel(ChatModel model, ClientOptions options, RetryListener listener) {
        this(
                model,
                options,
                listener,
                Schedulers.parallel(),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * Repeats the failed calls of a model, with timers and chance of one's own.
     *
     * @param model what to call
     * @param options how often, and how long at most
     * @param listener hears of each repetition
     * @param timers runs what has to wait
     * @param chance numbers from 0 (the full wait) to 1 (three quarters of it); called from any thread
     */
    public RetryingChatModel(
            ChatModel model, ClientOptions options, RetryListener listener, Scheduler timers, DoubleSupplier chance) {
        this.model = model;
        this.longestWait = options.maxRetryWait();
        this.timers = timers;
        this.listener = listener;
        this.chance = chance;
        this.policy = Retry.of(
                model.name(),
                RetryConfig.custom()
                        .maxAttempts(Math.addExact(options.maxRetries(), 1))
                        .retryOnException(RetriableException.class::isInstance)
                        .intervalBiFunction((attempt, outcome) -> millisAfter(attempt, outcome.getLeft()))
                        .build());
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public void close() {
        model.close();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return model.chat(request).retryWhen(unless(() -> false));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            AtomicBoolean begun = new AtomicBoolean();
            return model.stream(request).doOnNext(chunk -> begun.set(true)).retryWhen(unless(begun::get));
        });
    }

    /** The policy as Reactor takes it. The function runs once per subscription, and so each has its own count of attempts. */
    private reactor.util.retry.Retry unless(BooleanSupplier begun) {
        return reactor.util.retry.Retry.from(failures -> {
            Retry.AsyncContext<Object> attempts = policy.asyncContext();
            return failures.concatMap(
                    signal -> begun.getAsBoolean() ? Mono.error(signal.failure()) : waitOrGiveUp(attempts, signal));
        });
    }

    private Mono<Long> waitOrGiveUp(Retry.AsyncContext<Object> attempts, RetrySignal signal) {
        Throwable failure = signal.failure();
        long attempt = signal.totalRetries() + 1;
        long millis = attempts.onError(failure);
        if (millis < 0 || !(failure instanceof RetriableException retriable)) {
            return Mono.error(lastWord(failure, attempt));
        }
        Duration wait = Duration.ofMillis(millis);
        listener.onRetry(attempt, wait, retriable);
        return Mono.delay(wait, timers);
    }

    /** Resilience4j's interval function: negative says that there is no use in waiting. */
    private long millisAfter(int attempt, Throwable failure) {
        Duration asked = ((RetriableException) failure).retryAfter();
        if (tooLong(asked)) {
            return -1;
        }
        double wait = Math.min(LONGEST_WAIT_MILLIS, Math.scalb(FIRST_WAIT_MILLIS, attempt - 1));
        long own = Math.round(wait * (1 - JITTER * chance.getAsDouble()));
        return asked == null ? own : Math.max(own, ceilingMillis(asked));
    }

    private boolean tooLong(@Nullable Duration asked) {
        return asked != null && asked.compareTo(longestWait) > 0;
    }

    private Throwable lastWord(Throwable failure, long attempts) {
        if (!(failure instanceof RetriableException retriable)) {
            return failure;
        }
        Duration asked = retriable.retryAfter();
        String wait = asked == null || !tooLong(asked)
                ? ""
                : " The server asked for a wait of " + seconds(asked) + ", longer than ClientOptions.maxRetryWait ("
                        + seconds(longestWait) + ") allows.";
        String count = attempts == 1 ? "" : " Gave up after " + attempts + " attempts.";
        String addition = wait + count;
        return addition.isEmpty() ? failure : retold(retriable, retriable.getMessage() + addition);
    }

    /** The same failure with more to say; one of a type from elsewhere stays as it is. */
    private static RetriableException retold(RetriableException failure, String message) {
        if (failure instanceof ThrottledException) {
            return new ThrottledException(message, failure.retryAfter(), failure);
        }
        if (failure instanceof UnavailableException) {
            return new UnavailableException(message, failure.retryAfter(), failure);
        }
        if (failure instanceof BrokenAnswerException) {
            return new BrokenAnswerException(message, failure.retryAfter(), failure);
        }
        return failure;
    }

    private static String seconds(Duration time) {
        long seconds = time.getSeconds() + (time.getNano() == 0 ? 0 : 1);
        return seconds + " s";
    }

    /** Rounded up: who comes back a fraction too early is refused again. */
    private static long ceilingMillis(Duration time) {
        return time.plusNanos(999_999).toMillis();
    }
}
