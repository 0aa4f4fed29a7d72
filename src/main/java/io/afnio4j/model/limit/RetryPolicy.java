package io.afnio4j.model.limit;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.model.ExchangeListener;
import io.afnio4j.model.Limits;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * How often a call is sent again, and after which waits: those that the provider asks for, and at least 0.5 s, doubling
 * with each attempt to 8 s and shortened by chance by up to a quarter, so that callers who failed together don't come
 * back together.
 */
final class RetryPolicy {

    private static final double FIRST_WAIT_MILLIS = 500;
    private static final double LONGEST_WAIT_MILLIS = 8_000;
    private static final double JITTER = 0.25;

    private final Duration longestWait;
    private final ResilienceListener listener;
    private final Scheduler timers;
    private final DoubleSupplier chance;
    private final Retry policy;

    /**
     * Makes a policy.
     *
     * @param limits how often, and how long at most
     * @param listener hears of each repetition
     * @param timers runs what has to wait
     * @param chance numbers from 0 (the full wait) to 1 (three quarters of it); called from any thread
     */
    RetryPolicy(Limits limits, ResilienceListener listener, Scheduler timers, DoubleSupplier chance) {
        this.longestWait = limits.maxRetryWait();
        this.listener = listener;
        this.timers = timers;
        this.chance = chance;
        this.policy = Retry.of(
                "calls",
                RetryConfig.custom()
                        .maxAttempts(Math.addExact(limits.maxRetries(), 1))
                        .retryOnException(RetriableException.class::isInstance)
                        .intervalBiFunction((attempt, outcome) -> millisAfter(attempt, outcome.getLeft()))
                        .build());
    }

    /** Each call has its own: Resilience4j's operator for Reactor shares one count of attempts between all. */
    Retry.AsyncContext<Object> newContext() {
        return policy.asyncContext();
    }

    /** Waits, unless the call is called off. */
    Mono<Long> delay(RetryEvent event) {
        return Mono.deferContextual(context -> {
            listener.onRetry(event);
            ExchangeListener own = ExchangeListener.of(context);
            if (own != null) {
                own.onRetry(event.attempt(), event.pause(), event.failure());
            }
            return Mono.firstWithSignal(
                    Mono.delay(event.pause(), timers), CallOff.when(context).then(Mono.error(CalledOffException::new)));
        });
    }

    Duration longestWait() {
        return longestWait;
    }

    boolean tooLong(Duration asked) {
        return asked.compareTo(longestWait) > 0;
    }

    /** Lengthened by chance by up to a quarter, for a wait that must not be shortened. */
    Duration jittered(Duration wait) {
        return wait.plusNanos(Math.round(wait.toNanos() * JITTER * chance.getAsDouble()));
    }

    /** Resilience4j's interval function: negative says that there is no use in waiting. */
    private long millisAfter(int attempt, Throwable failure) {
        Duration asked = ((RetriableException) failure).retryAfter();
        if (asked != null && tooLong(asked)) {
            return -1;
        }
        double wait = Math.min(LONGEST_WAIT_MILLIS, Math.scalb(FIRST_WAIT_MILLIS, attempt - 1));
        long own = Math.round(wait * (1 - JITTER * chance.getAsDouble()));
        return asked == null ? own : Math.max(own, ceilingMillis(asked));
    }

    /** Rounded up: who comes back a fraction too early is refused again. */
    private static long ceilingMillis(Duration time) {
        return time.plusNanos(999_999).toMillis();
    }
}
