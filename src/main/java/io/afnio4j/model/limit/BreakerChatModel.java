package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.afnio4j.error.CircuitOpenException;
import io.afnio4j.error.EndpointFailedException;
import io.afnio4j.error.PermanentException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.Breaker;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Sends nothing to an endpoint that failed too often a moment ago ({@link Breaker}): such a call fails with
 * {@link CircuitOpenException}, which says when the next trial is due. An answer that was refused as one too many (429)
 * is no failure of the endpoint and doesn't count; an error of the request (4xx) shows that the endpoint lives.
 */
final class BreakerChatModel extends ChatModelDecorator {

    private static final int TRIALS = 10;

    /**
     * What every call is said to have taken: Resilience4j counts slow answers as failures, and models may think for
     * minutes.
     */
    private static final long NO_TIME = 0;

    /** How long a call stays away while trials are on their way. */
    private static final Duration TRIAL_TIME = Duration.ofSeconds(1);

    private final CircuitBreaker breaker;

    // Held while an outcome is noted, lest two meet at the breaker's own lock, which parks.
    private final Object window = new Object();

    private final Duration openFor;
    private final Scheduler timers;
    private final ResilienceListener listener;
    private volatile BreakerState told = BreakerState.CLOSED;
    private final int trials;
    private volatile long changedAt;

    /** How many times trials were let go: who belongs to earlier ones has no place among these. */
    private volatile int round; // written under this

    BreakerChatModel(ChatModel model, Breaker policy, ResilienceListener listener, Scheduler timers) {
        super(model);
        this.openFor = policy.openFor();
        this.trials = Math.min(TRIALS, policy.window());
        this.listener = listener;
        this.timers = timers;
        this.breaker = CircuitBreaker.of(
                model.name(),
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(policy.failurePercent())
                        // Not LOCK_FREE: its linked list of outcomes grows old piece by piece, and each collection
                        // copies what has left it.
                        .slidingWindow(
                                policy.window(),
                                policy.window(),
                                CircuitBreakerConfig.SlidingWindowType.COUNT_BASED,
                                SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                        .waitDurationInOpenState(policy.openFor())
                        .permittedNumberOfCallsInHalfOpenState(trials)
                        .recordException(BreakerChatModel::isFailure)
                        .clock(new SchedulerClock(timers))
                        .build());
    }

    /** Not where the endpoint refused what is now asked in another form: refusals say nothing against it. */
    private static boolean isFailure(Throwable failure) {
        return (failure instanceof RetriableException && !(failure.getCause() instanceof PermanentException))
                || failure instanceof EndpointFailedException;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.defer(() -> {
            if (!mayPass()) {
                return Mono.error(open());
            }
            return Mono.defer(() -> model.chat(request)).tap(WholeAnswer::new);
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.defer(() -> {
            if (!mayPass()) {
                return Flux.error(open());
            }
            return Flux.defer(() -> model.stream(request)).tap(Permission::new);
        });
    }

    private boolean mayPass() {
        boolean may = breaker.tryAcquirePermission();
        tellChange();
        return may || (replacedTrials() && breaker.tryAcquirePermission());
    }

    /**
     * Lets others try in place of trials that have had as much time as the breaker was open for: those that never end
     * must not shut it for ever. What they come to counts all the same. (Resilience4j's own limit on this state runs by
     * a timer of its own, and forgets what the trials came to so far.)
     */
    private synchronized boolean replacedTrials() {
        long now = timers.now(MILLISECONDS);
        if (state() != BreakerState.HALF_OPEN || now - changedAt < openFor.toMillis()) {
            return false;
        }
        changedAt = now;
        round++;
        for (int i = 0; i < trials; i++) {
            breaker.releasePermission();
        }
        return true;
    }

    /** Looks instead of listening: who listens to a breaker makes it write an event, with a date, for each answer. */
    private void tellChange() {
        if (told == state()) {
            return;
        }
        synchronized (this) {
            BreakerState now = state();
            if (told != now) {
                changedAt = timers.now(MILLISECONDS); // before who sees the new state reads it
                round++;
                told = now;
                listener.onBreaker(now);
            }
        }
    }

    private CircuitOpenException open() {
        Duration since = Duration.ofMillis(timers.now(MILLISECONDS) - changedAt);
        Duration rest = state() == BreakerState.OPEN ? openFor.minus(since) : TRIAL_TIME;
        return new CircuitOpenException(
                "Nothing was sent to " + name() + ": it failed too often a moment ago, so its circuit breaker is "
                        + (state() == BreakerState.OPEN ? "open." : "trying a few calls first."),
                rest.compareTo(TRIAL_TIME) < 0 ? TRIAL_TIME : rest);
    }

    BreakerState state() {
        return state(breaker.getState());
    }

    private static BreakerState state(CircuitBreaker.State state) {
        return switch (state) {
            case OPEN, FORCED_OPEN -> BreakerState.OPEN;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            default -> BreakerState.CLOSED;
        };
    }

    /**
     * One call's leave to be sent. What comes first of answer, failure and cancel counts; a cancelled trial says
     * nothing.
     */
    private class Permission<T> extends DefaultSignalListener<T> {

        private final AtomicBoolean used = new AtomicBoolean();
        private final int sentIn = round;

        @Override
        public void doOnComplete() {
            answered();
        }

        final void answered() {
            if (used.compareAndSet(false, true)) {
                synchronized (window) {
                    breaker.onSuccess(NO_TIME, NANOSECONDS);
                }
                tellChange();
            }
        }

        @Override
        public void doOnError(Throwable failure) {
            if (failure instanceof ThrottledException) {
                doOnCancel(); // it says as little
            } else if (used.compareAndSet(false, true)) {
                synchronized (window) {
                    breaker.onError(NO_TIME, NANOSECONDS, failure);
                }
                tellChange();
            }
        }

        @Override
        public void doOnCancel() {
            if (used.compareAndSet(false, true)) {
                if (sentIn == round) {
                    breaker.releasePermission();
                }
                tellChange();
            }
        }
    }

    /** It counts as soon as it is there: whoever wants no more than the answer may cancel before the end is told. */
    private final class WholeAnswer extends Permission<ChatResponse> {

        @Override
        public void doOnNext(ChatResponse answer) {
            answered();
        }
    }

    /** The scheduler's time, which may be virtual, as Resilience4j takes it. */
    private static final class SchedulerClock extends Clock {

        private final Scheduler timers;

        private SchedulerClock(Scheduler timers) {
            this.timers = timers;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(timers.now(MILLISECONDS));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
