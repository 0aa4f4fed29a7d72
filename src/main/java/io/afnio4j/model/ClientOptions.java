package io.afnio4j.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a provider and how hard it may be worked. Immutable; built with {@link #builder()} and changed with
 * {@link #toBuilder()}. What is left out takes the default that stands at the builder's method. How requests travel
 * ({@link ConnectionOptions}) and how many do ({@link Limits}) are values of their own.
 */
public final class ClientOptions {

    private final Builder values;

    private ClientOptions(Builder values) {
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static ClientOptions defaults() {
        return builder().build();
    }

    public Builder toBuilder() {
        return new Builder(values);
    }

    public @Nullable ApiKey apiKey() {
        return values.apiKey;
    }

    public @Nullable URI baseUrl() {
        return values.baseUrl;
    }

    public @Nullable String organization() {
        return values.organization;
    }

    /**
     * Fields added to the body of each request that doesn't set them itself.
     *
     * @return the values by name; null leaves out a field that the client would send by itself
     */
    public Map<String, @Nullable Object> bodyFields() {
        return values.bodyFields;
    }

    public ConnectionOptions connection() {
        return values.connection;
    }

    public Limits limits() {
        return values.limits;
    }

    public int embeddingBatch() {
        return values.embeddingBatch;
    }

    public @Nullable Price price() {
        return values.price;
    }

    public Budget budget() {
        return values.budget;
    }

    public @Nullable SharedBudget sharedBudget() {
        return values.sharedBudget;
    }

    public @Nullable AnswerCache cache() {
        return values.cache;
    }

    /** The options without what may be secret: no key, no header values, no user part of the URL. */
    @Override
    public String toString() {
        return "ClientOptions[baseUrl=" + (values.baseUrl == null ? "default" : values.baseUrl.getHost()) + ", apiKey="
                + values.apiKey + ", bodyFields=" + values.bodyFields.keySet() + ", connection=" + values.connection
                + ", " + values.limits + "]";
    }

    /** Collects options; each method validates at once, and returns the builder. */
    public static final class Builder {

        /** So many vectors of 3,072 numbers are half of what is read of an answer at most. */
        private static final int EMBEDDING_BATCH = 128;

        private @Nullable ApiKey apiKey;
        private @Nullable URI baseUrl;
        private @Nullable String organization;
        private Map<String, @Nullable Object> bodyFields = Map.of();
        private ConnectionOptions connection = ConnectionOptions.defaults();
        private Limits limits = Limits.defaults();
        private int embeddingBatch = EMBEDDING_BATCH;
        private @Nullable Price price;
        private Budget budget = Budget.NONE;
        private @Nullable SharedBudget sharedBudget;
        private @Nullable AnswerCache cache;

        private Builder() {}

        private Builder(Builder other) {
            this.apiKey = other.apiKey;
            this.baseUrl = other.baseUrl;
            this.organization = other.organization;
            this.bodyFields = other.bodyFields;
            this.connection = other.connection;
            this.limits = other.limits;
            this.embeddingBatch = other.embeddingBatch;
            this.price = other.price;
            this.budget = other.budget;
            this.sharedBudget = other.sharedBudget;
            this.cache = other.cache;
        }

        /**
         * The provider's key. Default: the environment variable {@code <PROVIDER>_API_KEY}.
         *
         * @param key the secret
         */
        @CanIgnoreReturnValue
        public Builder apiKey(String key) {
            this.apiKey = ApiKey.of(key);
            return this;
        }

        /**
         * Where the API lives, version included: {@code https://api.openai.com/v1}, {@code http://localhost:11434/v1}.
         * Default: the provider's own.
         *
         * @param url an http or https URL
         */
        @CanIgnoreReturnValue
        public Builder baseUrl(String url) {
            this.baseUrl = Urls.base(url);
            return this;
        }

        @CanIgnoreReturnValue
        public Builder organization(String id) {
            this.organization = Objects.requireNonNull(id);
            return this;
        }

        /**
         * Adds a field to the body of every request, for what one server wants and the protocol doesn't know. A
         * request's own option of this name goes before it.
         *
         * @param name the field's name
         * @param value text, number, boolean, list or map of these; null leaves out what the client would send by
         *     itself, such as {@code stream_options} for a server that doesn't know it
         */
        @CanIgnoreReturnValue
        public Builder bodyField(String name, @Nullable Object value) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>(bodyFields);
            copy.put(name, value);
            this.bodyFields = Collections.unmodifiableMap(copy);
            return this;
        }

        /**
         * How requests travel. Replaces all that was said about it before, also by the four methods that follow.
         *
         * @param options timeouts, TLS, proxy, headers
         */
        @CanIgnoreReturnValue
        public Builder connection(ConnectionOptions options) {
            this.connection = Objects.requireNonNull(options);
            return this;
        }

        /** See {@link ConnectionOptions.Builder#header(String, String)}. */
        @CanIgnoreReturnValue
        public Builder header(String name, String value) {
            return connection(connection.toBuilder().header(name, value).build());
        }

        /** See {@link ConnectionOptions.Builder#allowPlaintext(boolean)}. */
        @CanIgnoreReturnValue
        public Builder allowPlaintext(boolean allowed) {
            return connection(connection.toBuilder().allowPlaintext(allowed).build());
        }

        /** See {@link ConnectionOptions.Builder#connectTimeout(Duration)}. */
        @CanIgnoreReturnValue
        public Builder connectTimeout(Duration timeout) {
            return connection(connection.toBuilder().connectTimeout(timeout).build());
        }

        /** See {@link ConnectionOptions.Builder#responseTimeout(Duration)}. */
        @CanIgnoreReturnValue
        public Builder responseTimeout(Duration timeout) {
            return connection(connection.toBuilder().responseTimeout(timeout).build());
        }

        /**
         * How hard the provider may be worked. Default: {@link Limits#defaults()}. Those beneath change one of them.
         *
         * @param all in place of what was set before
         */
        @CanIgnoreReturnValue
        public Builder limits(Limits all) {
            this.limits = all;
            return this;
        }

        /** See {@link Limits.Builder#maxConcurrency(int)}. */
        @CanIgnoreReturnValue
        public Builder maxConcurrency(int calls) {
            return limits(limits.toBuilder().maxConcurrency(calls).build());
        }

        /** See {@link Limits.Builder#requestsPerMinute(int)}. */
        @CanIgnoreReturnValue
        public Builder requestsPerMinute(int requests) {
            return limits(limits.toBuilder().requestsPerMinute(requests).build());
        }

        /** See {@link Limits.Builder#tokensPerMinute(long)}. */
        @CanIgnoreReturnValue
        public Builder tokensPerMinute(long tokens) {
            return limits(limits.toBuilder().tokensPerMinute(tokens).build());
        }

        /** See {@link Limits.Builder#contextWindow(long)}. */
        @CanIgnoreReturnValue
        public Builder contextWindow(long tokens) {
            return limits(limits.toBuilder().contextWindow(tokens).build());
        }

        /** See {@link Limits.Builder#maxRetries(int)}. */
        @CanIgnoreReturnValue
        public Builder maxRetries(int retries) {
            return limits(limits.toBuilder().maxRetries(retries).build());
        }

        /** See {@link Limits.Builder#maxRetryWait(Duration)}. */
        @CanIgnoreReturnValue
        public Builder maxRetryWait(Duration wait) {
            return limits(limits.toBuilder().maxRetryWait(wait).build());
        }

        /**
         * How many texts an embedding model is sent at once; more become several requests. Default: 128. Some take
         * fewer: Gemini's compatible endpoint 100, Text Embeddings Inference as it comes 32, Alibaba 10.
         *
         * @param texts at least 1
         */
        @CanIgnoreReturnValue
        public Builder embeddingBatch(int texts) {
            this.embeddingBatch = (int) Checks.atLeast("embeddingBatch", 1, texts);
            return this;
        }

        /**
         * What the model charges. Default: the built-in table; the cost of a model that isn't in it is unknown.
         *
         * @param perMillion the price per million tokens
         */
        @CanIgnoreReturnValue
        public Builder price(Price perMillion) {
            this.price = Objects.requireNonNull(perMillion);
            return this;
        }

        /**
         * The most that each client with these options may use: money, tokens, calls. Default: {@link Budget#NONE}.
         *
         * @param limits a limit in money needs a known price
         */
        @CanIgnoreReturnValue
        public Builder budget(Budget limits) {
            this.budget = limits;
            return this;
        }

        /**
         * What this client draws on together with all others that are given it; its own {@link #budget(Budget)} holds
         * as well. Default: none.
         *
         * @param together a limit in money needs a known price of each client's model
         */
        @CanIgnoreReturnValue
        public Builder budget(SharedBudget together) {
            this.sharedBudget = Objects.requireNonNull(together);
            return this;
        }

        /**
         * The most that this client may spend, reserved before each call; the rest of {@link #budget(Budget)} stays,
         * and so does a shared one. Default: no limit.
         *
         * @param limit US dollars; needs a known price
         */
        @CanIgnoreReturnValue
        public Builder maxCost(Cost limit) {
            return budget(new Budget(budget.total().cost(limit), budget.phases()));
        }

        /**
         * Where answers are kept: the same question is asked once only. Clients that share a cache share answers where
         * they add the same to their requests: body fields, organization, headers and parameters count, those that hold
         * a key or another secret by their names don't. Embeddings aren't kept. Default: none.
         *
         * @param answers closed by whoever made it, not with the client
         */
        @CanIgnoreReturnValue
        public Builder cache(AnswerCache answers) {
            this.cache = answers;
            return this;
        }

        public ClientOptions build() {
            return new ClientOptions(new Builder(this));
        }
    }
}
