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
 * {@link #toBuilder()}. What is left out takes the default that stands at the builder's method. How requests travel is a value of
 * its own, {@link ConnectionOptions}.
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

    public int maxConcurrency() {
        return values.maxConcurrency;
    }

    public int requestsPerMinute() {
        return values.requestsPerMinute;
    }

    public int maxRetries() {
        return values.maxRetries;
    }

    public Duration maxRetryWait() {
        return values.maxRetryWait;
    }

    public @Nullable Price price() {
        return values.price;
    }

    public @Nullable Cost maxCost() {
        return values.maxCost;
    }

    /** The options without what may be secret: no key, no header values, no user part of the URL. */
    @Override
    public String toString() {
        return "ClientOptions[baseUrl=" + (values.baseUrl == null ? "default" : values.baseUrl.getHost()) + ", apiKey="
                + values.apiKey + ", bodyFields=" + values.bodyFields.keySet() + ", connection=" + values.connection
                + ", maxConcurrency=" + values.maxConcurrency
                + ", requestsPerMinute=" + values.requestsPerMinute + ", maxRetries=" + values.maxRetries + "]";
    }

    /** Collects options; each method validates at once. */
    public static final class Builder {

        private @Nullable ApiKey apiKey;
        private @Nullable URI baseUrl;
        private @Nullable String organization;
        private Map<String, @Nullable Object> bodyFields = Map.of();
        private ConnectionOptions connection = ConnectionOptions.defaults();
        private int maxConcurrency = 64;
        private int requestsPerMinute;
        private int maxRetries = 5;
        private Duration maxRetryWait = Duration.ofMinutes(2);
        private @Nullable Price price;
        private @Nullable Cost maxCost;

        private Builder() {}

        private Builder(Builder other) {
            this.apiKey = other.apiKey;
            this.baseUrl = other.baseUrl;
            this.organization = other.organization;
            this.bodyFields = other.bodyFields;
            this.connection = other.connection;
            this.maxConcurrency = other.maxConcurrency;
            this.requestsPerMinute = other.requestsPerMinute;
            this.maxRetries = other.maxRetries;
            this.maxRetryWait = other.maxRetryWait;
            this.price = other.price;
            this.maxCost = other.maxCost;
        }

        /**
         * The provider's key. Default: the environment variable {@code <PROVIDER>_API_KEY}.
         *
         * @param key the secret
         * @return this
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
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder baseUrl(String url) {
            URI uri = parse(url);
            if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                throw new IllegalArgumentException(
                        "A base URL is an http or https URL such as https://api.openai.com/v1; this one isn't.");
            }
            if (uri.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "The base URL holds a user and password. Give the key with apiKey(...) or headers(...) instead.");
            }
            this.baseUrl = uri;
            return this;
        }

        private static URI parse(String url) {
            try {
                return URI.create(url.strip());
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException(
                        "A base URL is an http or https URL such as https://api.openai.com/v1; this one can't be read.",
                        malformed);
            }
        }

        @CanIgnoreReturnValue
        public Builder organization(String id) {
            this.organization = Objects.requireNonNull(id);
            return this;
        }

        /**
         * Adds a field to the body of every request, for what one server wants and the protocol doesn't know. A request's own
         * option of this name goes before it.
         *
         * @param name the field's name
         * @param value text, number, boolean, list or map of these; null leaves out what the client would send by itself, such
         *     as {@code stream_options} for a server that doesn't know it
         * @return this
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
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder connection(ConnectionOptions options) {
            this.connection = Objects.requireNonNull(options);
            return this;
        }

        /**
         * Adds a header to every request.
         *
         * @param name the header's name; replaces one that the client would set itself
         * @param value its value
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder header(String name, String value) {
            return connection(connection.toBuilder().header(name, value).build());
        }

        /**
         * Whether prompts and the key may travel without TLS to a host that is not this machine. Default: no.
         *
         * @param allowed true to allow it
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder allowPlaintext(boolean allowed) {
            return connection(connection.toBuilder().allowPlaintext(allowed).build());
        }

        /**
         * The longest time until a connection stands. Default: 10 seconds.
         *
         * @param timeout more than zero
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder connectTimeout(Duration timeout) {
            return connection(connection.toBuilder().connectTimeout(timeout).build());
        }

        /**
         * The longest silence of the provider within one attempt. Default: 2 minutes.
         *
         * @param timeout more than zero
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder responseTimeout(Duration timeout) {
            return connection(connection.toBuilder().responseTimeout(timeout).build());
        }

        /**
         * How many calls may be in flight at once; further ones queue. Default: 64.
         *
         * @param calls at least 1
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder maxConcurrency(int calls) {
            this.maxConcurrency = atLeast("maxConcurrency", 1, calls);
            return this;
        }

        /**
         * How many calls may start in a minute, spread evenly; further ones queue. Default: 0, no limit.
         *
         * @param calls 0 for no limit
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder requestsPerMinute(int calls) {
            this.requestsPerMinute = atLeast("requestsPerMinute", 0, calls);
            return this;
        }

        /**
         * How often a call that failed in a way that may pass is sent again. Default: 5.
         *
         * @param retries 0 for a single attempt
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder maxRetries(int retries) {
            this.maxRetries = atLeast("maxRetries", 0, retries);
            return this;
        }

        /**
         * The longest wait that a provider may ask for; where it asks for more, the call fails and says how long. Default: 2 minutes.
         *
         * @param wait more than zero
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder maxRetryWait(Duration wait) {
            this.maxRetryWait = positive("maxRetryWait", wait);
            return this;
        }

        /**
         * What the model charges. Default: the built-in table; the cost of a model that isn't in it is unknown.
         *
         * @param perMillion the price per million tokens
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder price(Price perMillion) {
            this.price = Objects.requireNonNull(perMillion);
            return this;
        }

        /**
         * The most that this client may spend, reserved before each call. Default: no limit.
         *
         * @param limit US dollars; needs a known price
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder maxCost(Cost limit) {
            this.maxCost = Objects.requireNonNull(limit);
            return this;
        }

        public ClientOptions build() {
            return new ClientOptions(new Builder(this));
        }

        private static int atLeast(String name, int minimum, int value) {
            if (value < minimum) {
                throw new IllegalArgumentException(name + " must be at least " + minimum + ", not " + value + ".");
            }
            return value;
        }

        private static Duration positive(String name, Duration value) {
            if (value.isZero() || value.isNegative()) {
                throw new IllegalArgumentException(name + " must be more than zero, not " + value + ".");
            }
            return value;
        }
    }
}
