package io.afnio4j.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How hard a provider may be worked, how long a call may take, and how often it is sent. Immutable; built with
 * {@link #builder()} and changed with {@link #toBuilder()}. What is left out takes the default that stands at the
 * builder's method.
 */
public final class Limits {

    private final Builder values;

    private Limits(Builder values) {
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static Limits defaults() {
        return builder().build();
    }

    public Builder toBuilder() {
        return new Builder(values);
    }

    public int maxConcurrency() {
        return values.maxConcurrency;
    }

    public boolean adaptive() {
        return values.adaptive;
    }

    public int requestsPerMinute() {
        return values.requestsPerMinute;
    }

    public long tokensPerMinute() {
        return values.tokensPerMinute;
    }

    public boolean learning() {
        return values.learning;
    }

    public TokenEstimator tokenEstimator() {
        return values.tokenEstimator;
    }

    public long contextWindow() {
        return values.contextWindow;
    }

    public int maxRetries() {
        return values.maxRetries;
    }

    public Duration maxRetryWait() {
        return values.maxRetryWait;
    }

    public @Nullable Duration attemptTimeout() {
        return values.attemptTimeout;
    }

    public @Nullable Duration callTimeout() {
        return values.callTimeout;
    }

    public @Nullable Breaker breaker() {
        return values.breaker;
    }

    public boolean hedging() {
        return values.hedging;
    }

    @Override
    public String toString() {
        return "Limits[maxConcurrency=" + values.maxConcurrency + (values.adaptive ? " adaptive" : "")
                + ", requestsPerMinute=" + values.requestsPerMinute + ", tokensPerMinute=" + values.tokensPerMinute
                + ", maxRetries=" + values.maxRetries + "]";
    }

    /** Collects limits; each method validates at once, and returns the builder. */
    public static final class Builder {

        private int maxConcurrency = 64;
        private boolean adaptive;
        private int requestsPerMinute;
        private long tokensPerMinute;
        private boolean learning = true;
        private TokenEstimator tokenEstimator = TokenEstimator.rough();
        private long contextWindow;
        private int maxRetries = 5;
        private Duration maxRetryWait = Duration.ofMinutes(2);
        private @Nullable Duration attemptTimeout;
        private @Nullable Duration callTimeout;
        private @Nullable Breaker breaker = Breaker.DEFAULT;
        private boolean hedging;

        private Builder() {}

        private Builder(Builder other) {
            this.maxConcurrency = other.maxConcurrency;
            this.adaptive = other.adaptive;
            this.requestsPerMinute = other.requestsPerMinute;
            this.tokensPerMinute = other.tokensPerMinute;
            this.learning = other.learning;
            this.tokenEstimator = other.tokenEstimator;
            this.contextWindow = other.contextWindow;
            this.maxRetries = other.maxRetries;
            this.maxRetryWait = other.maxRetryWait;
            this.attemptTimeout = other.attemptTimeout;
            this.callTimeout = other.callTimeout;
            this.breaker = other.breaker;
            this.hedging = other.hedging;
        }

        /**
         * How many calls may be in flight at once; further ones queue. Default: 64.
         *
         * @param calls at least 1
         */
        @CanIgnoreReturnValue
        public Builder maxConcurrency(int calls) {
            this.maxConcurrency = (int) Checks.atLeast("maxConcurrency", 1, calls);
            return this;
        }

        /**
         * Whether the number of calls in flight is found by trial, up to {@link #maxConcurrency}: it grows while
         * answers come well, and shrinks on throttling and where latency doubles. It can't tell why: for calls that
         * take 0.1 s one moment and 3 s the next, however few there are, a fixed number is better. Default: no, the
         * number is fixed; a throttled answer still lowers it for a while.
         *
         * @param wanted true to adapt
         */
        @CanIgnoreReturnValue
        public Builder adaptive(boolean wanted) {
            this.adaptive = wanted;
            return this;
        }

        /**
         * How many requests may start in any minute, spread evenly; further ones queue. Each attempt counts. Default:
         * 0, no limit.
         *
         * @param requests 0 for no limit
         */
        @CanIgnoreReturnValue
        public Builder requestsPerMinute(int requests) {
            this.requestsPerMinute = (int) Checks.atLeast("requestsPerMinute", 0, requests);
            return this;
        }

        /**
         * How many tokens the requests of any minute may use, prompt and answer together. They are estimated before a
         * request, by what earlier ones used, and settled after its answer. So a minute can exceed the limit where
         * answers get longer than those before; but not by more than a quarter, or one call, as long as each answer
         * keeps to a {@code max_completion_tokens}: no more calls are in flight at a time than that permits. A limit
         * much higher than the answers are costs speed therefore. An answer without a limit is taken for one of a
         * thousand tokens, or of what is usual. Default: 0, no limit.
         *
         * @param tokens 0 for no limit
         */
        @CanIgnoreReturnValue
        public Builder tokensPerMinute(long tokens) {
            this.tokensPerMinute = Checks.atLeast("tokensPerMinute", 0, tokens);
            return this;
        }

        /**
         * Whether what the provider says about its limits ({@code x-ratelimit-*}) holds callers back. Default: yes.
         *
         * @param wanted false to ignore it
         */
        @CanIgnoreReturnValue
        public Builder learning(boolean wanted) {
            this.learning = wanted;
            return this;
        }

        /**
         * Counts the tokens of prompts before they are sent. Default: {@link TokenEstimator#rough()}.
         *
         * @param estimator must be quick: it is asked on reactive threads
         */
        @CanIgnoreReturnValue
        public Builder tokenEstimator(TokenEstimator estimator) {
            this.tokenEstimator = Objects.requireNonNull(estimator);
            return this;
        }

        /**
         * How many tokens the model takes, prompt and answer together; see {@link ContextWindow}. Default: 0, what the
         * built-in table says.
         *
         * @param tokens 0 for the table
         */
        @CanIgnoreReturnValue
        public Builder contextWindow(long tokens) {
            this.contextWindow = Checks.atLeast("contextWindow", 0, tokens);
            return this;
        }

        /**
         * How often a call that failed in a way that may pass is sent again. Default: 5.
         *
         * @param retries 0 for a single attempt
         */
        @CanIgnoreReturnValue
        public Builder maxRetries(int retries) {
            this.maxRetries = (int) Checks.atLeast("maxRetries", 0, retries);
            return this;
        }

        /**
         * The longest wait that a provider may ask for; where it asks for more, the call fails and says how long. It is
         * also the longest time that a call waits for an open circuit breaker. Default: 2 minutes.
         *
         * @param wait more than zero
         */
        @CanIgnoreReturnValue
        public Builder maxRetryWait(Duration wait) {
            this.maxRetryWait = Checks.positive("maxRetryWait", wait);
            return this;
        }

        /**
         * The longest that one attempt may take, from its start until its answer is whole. What took longer is tried
         * again. Default: no limit.
         *
         * @param timeout more than zero
         */
        @CanIgnoreReturnValue
        public Builder attemptTimeout(Duration timeout) {
            this.attemptTimeout = Checks.positive("attemptTimeout", timeout);
            return this;
        }

        /**
         * The longest that a call may take with all its attempts and all its waiting in queues. Default: no limit.
         *
         * @param timeout more than zero
         */
        @CanIgnoreReturnValue
        public Builder callTimeout(Duration timeout) {
            this.callTimeout = Checks.positive("callTimeout", timeout);
            return this;
        }

        /**
         * When calls stop being sent to an endpoint that fails, and for how long. Default: {@link Breaker#DEFAULT}.
         *
         * @param policy null for no circuit breaker
         */
        @CanIgnoreReturnValue
        public Builder breaker(@Nullable Breaker policy) {
            this.breaker = policy;
            return this;
        }

        /**
         * Whether a call that takes longer than 95 of 100 do is sent a second time; the first answer wins, and the
         * other request is cancelled. It shortens the longest waits and costs up to a twentieth more: no more calls
         * than that are sent twice, whatever they take. Of a streamed answer the first piece counts: where it takes
         * longer than 95 of 100 do, a second one is asked for, and whose first piece comes first goes on. Default: no.
         *
         * @param wanted true to hedge
         */
        @CanIgnoreReturnValue
        public Builder hedging(boolean wanted) {
            this.hedging = wanted;
            return this;
        }

        public Limits build() {
            return new Limits(new Builder(this));
        }
    }
}
