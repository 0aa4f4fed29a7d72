package io.afnio4j.model.limit;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.CircuitOpenException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The attempts of one call: when the next one may be made, and what is said where there is none. Used by one thread at
 * a time.
 */
final class Attempts {

    private final RetryPolicy policy;
    private final Retry.AsyncContext<Object> context;
    private long sent;
    private Duration shutOut = Duration.ZERO;
    private @Nullable Throwable before;

    Attempts(RetryPolicy policy) {
        this.policy = policy;
        this.context = policy.newContext();
    }

    /**
     * Waits for the next attempt.
     *
     * @param failure of the last one
     * @return when the time has come; or the call's last word
     */
    Mono<Long> waitAfter(Throwable failure) {
        if (failure instanceof CircuitOpenException open) {
            return waitOutside(open);
        }
        sent++;
        long millis = context.onError(failure);
        if (millis < 0 || !(failure instanceof RetriableException retriable)) {
            return Mono.error(lastWord(failure));
        }
        before = failure;
        return policy.delay(new RetryEvent(sent, Duration.ofMillis(millis), retriable));
    }

    /**
     * Nothing was sent, so no attempt is used up; but nobody waits for ever for an endpoint that is dead, nor at all
     * who can go elsewhere.
     */
    private Mono<Long> waitOutside(CircuitOpenException open) {
        return Mono.deferContextual(
                context -> Elsewhere.takes(open, context) ? Mono.error(remembering(open)) : waitInTurn(open));
    }

    private Mono<Long> waitInTurn(CircuitOpenException open) {
        Duration wait = policy.jittered(open.retryAfter() == null ? Duration.ZERO : open.retryAfter());
        shutOut = shutOut.plus(wait);
        return shutOut.compareTo(policy.longestWait()) > 0
                ? Mono.error(remembering(lastWord(open)))
                : policy.delay(new RetryEvent(sent, wait, open));
    }

    private Throwable lastWord(Throwable failure) {
        if (!(failure instanceof RetriableException retriable)) {
            return remembering(failure);
        }
        Duration asked = retriable.retryAfter();
        String wait = asked == null || !policy.tooLong(asked)
                ? ""
                : " The server asked for a wait of " + seconds(asked) + ", longer than ClientOptions.maxRetryWait ("
                        + seconds(policy.longestWait()) + ") allows.";
        String count = sent <= 1 ? "" : " Gave up after " + sent + " attempts.";
        String addition = wait + count;
        return addition.isEmpty() ? failure : retold(retriable, retriable.getMessage() + addition);
    }

    /** Where the call wasn't sent again, such as for want of budget, nobody should have to guess why it had to be. */
    private Throwable remembering(Throwable last) {
        if (before != null && before != last) {
            last.addSuppressed(before);
        }
        return last;
    }

    /** The same failure with more to say; one of a type from elsewhere stays as it is. */
    private static RetriableException retold(RetriableException failure, String message) {
        if (failure instanceof ThrottledException) {
            return new ThrottledException(message, failure.retryAfter(), failure);
        }
        if (failure instanceof UnavailableException) {
            return failure.answerLost()
                    ? UnavailableException.answerLost(message, failure.retryAfter(), failure)
                    : new UnavailableException(message, failure.retryAfter(), failure);
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
}
