package io.afnio4j.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How requests travel: timeouts, TLS, proxy, version of HTTP, and what is added to each request. Immutable; built with
 * {@link #builder()}, changed with {@link #toBuilder()}, handed over with {@link ClientOptions.Builder#connection}.
 */
public final class ConnectionOptions {

    private final Builder values;

    private ConnectionOptions(Builder values) {
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static ConnectionOptions defaults() {
        return builder().build();
    }

    public Builder toBuilder() {
        return new Builder(values);
    }

    public Duration connectTimeout() {
        return values.connectTimeout;
    }

    public Duration responseTimeout() {
        return values.responseTimeout;
    }

    public Duration idleTimeout() {
        return values.idleTimeout;
    }

    public boolean allowPlaintext() {
        return values.allowPlaintext;
    }

    public boolean http2() {
        return values.http2;
    }

    public boolean compression() {
        return values.compression;
    }

    public @Nullable TrustManagerFactory trust() {
        return values.trust;
    }

    public @Nullable KeyManagerFactory identity() {
        return values.identity;
    }

    public @Nullable URI proxy() {
        return values.proxy;
    }

    public @Nullable KeyHeader keyHeader() {
        return values.keyHeader;
    }

    /**
     * Headers added to each request. They may hold secrets, so nothing prints their values.
     *
     * @return the headers by name
     */
    public Map<String, String> headers() {
        return values.headers;
    }

    /**
     * Query parameters added to each URL. They may hold secrets, so nothing of this library prints their values.
     *
     * @return the parameters by name, not yet encoded
     */
    public Map<String, String> queryParameters() {
        return values.queryParameters;
    }

    /** The options without what may be secret: no values of headers and parameters, no user of the proxy. */
    @Override
    public String toString() {
        return "ConnectionOptions[connectTimeout=" + values.connectTimeout + ", responseTimeout="
                + values.responseTimeout + ", idleTimeout=" + values.idleTimeout + ", http2=" + values.http2
                + ", proxy=" + (values.proxy == null ? "none" : values.proxy.getHost()) + ", headers="
                + values.headers.keySet() + ", queryParameters=" + values.queryParameters.keySet() + "]";
    }

    /** Collects options; each method validates at once, and returns the builder. */
    public static final class Builder {

        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration responseTimeout = Duration.ofMinutes(2);
        private Duration idleTimeout = Duration.ofSeconds(30);
        private boolean allowPlaintext;
        private boolean http2;
        private boolean compression = true;
        private @Nullable TrustManagerFactory trust;
        private @Nullable KeyManagerFactory identity;
        private @Nullable URI proxy;
        private @Nullable KeyHeader keyHeader;
        private Map<String, String> headers = Map.of();
        private Map<String, String> queryParameters = Map.of();

        private Builder() {}

        private Builder(Builder other) {
            this.connectTimeout = other.connectTimeout;
            this.responseTimeout = other.responseTimeout;
            this.idleTimeout = other.idleTimeout;
            this.allowPlaintext = other.allowPlaintext;
            this.http2 = other.http2;
            this.compression = other.compression;
            this.trust = other.trust;
            this.identity = other.identity;
            this.proxy = other.proxy;
            this.keyHeader = other.keyHeader;
            this.headers = other.headers;
            this.queryParameters = other.queryParameters;
        }

        /**
         * The longest time until a connection stands, and then until TLS is agreed on. Default: 10 seconds.
         *
         * @param timeout more than zero
         */
        @CanIgnoreReturnValue
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = Checks.positive("connectTimeout", timeout);
            return this;
        }

        /**
         * The longest silence of the provider within one attempt, also between two pieces of a stream. Default: 2
         * minutes.
         *
         * @param timeout more than zero
         */
        @CanIgnoreReturnValue
        public Builder responseTimeout(Duration timeout) {
            this.responseTimeout = Checks.positive("responseTimeout", timeout);
            return this;
        }

        /**
         * How long a connection is kept that nobody uses. Servers drop such connections after times of their own; one
         * that is given up first is never found dead. Default: 30 seconds.
         *
         * @param timeout more than zero
         */
        @CanIgnoreReturnValue
        public Builder idleTimeout(Duration timeout) {
            this.idleTimeout = Checks.positive("idleTimeout", timeout);
            return this;
        }

        /**
         * Whether prompts and the key may travel without TLS to a host that is not this machine. Default: no.
         *
         * @param allowed true to allow it
         */
        @CanIgnoreReturnValue
        public Builder allowPlaintext(boolean allowed) {
            this.allowPlaintext = allowed;
            return this;
        }

        /**
         * Whether to speak HTTP/2: with https where the server agrees, with http without asking, so only to servers
         * that are known to speak it. Default: no, because one connection for each call in flight is faster within a
         * network, and what one connection breaks is one call.
         *
         * @param wanted true for HTTP/2
         */
        @CanIgnoreReturnValue
        public Builder http2(boolean wanted) {
            this.http2 = wanted;
            return this;
        }

        /**
         * Whether answers may come zipped (gzip, deflate). Default: yes.
         *
         * @param wanted false to ask for plain answers
         */
        @CanIgnoreReturnValue
        public Builder compression(boolean wanted) {
            this.compression = wanted;
            return this;
        }

        /**
         * Whose certificates are trusted. Default: those that the JVM trusts.
         *
         * @param managers an initialised factory, for example over a key store with the certificate of one's own
         *     authority
         */
        @CanIgnoreReturnValue
        public Builder trust(TrustManagerFactory managers) {
            this.trust = Objects.requireNonNull(managers);
            return this;
        }

        /**
         * With which certificate this side shows who it is to a server that asks for one. Default: none.
         *
         * @param managers an initialised factory over a key store with the private key and its certificate
         */
        @CanIgnoreReturnValue
        public Builder identity(KeyManagerFactory managers) {
            this.identity = Objects.requireNonNull(managers);
            return this;
        }

        /**
         * A proxy between here and the provider. Default: none.
         *
         * @param url {@code http://host:port} or {@code socks5://host:port}, with {@code user:password@} where it asks
         */
        @CanIgnoreReturnValue
        public Builder proxy(String url) {
            this.proxy = Urls.proxy(url);
            return this;
        }

        /**
         * The header in which the key travels alone, such as Azure's {@code api-key}. Default: the provider's own.
         *
         * @param name the header's name
         */
        @CanIgnoreReturnValue
        public Builder keyHeader(String name) {
            this.keyHeader = new KeyHeader(name, null);
            return this;
        }

        /**
         * The header in which the key travels behind a word. Default: the provider's own.
         *
         * @param name the header's name, for example {@code Authorization}
         * @param scheme the word, for example {@code Bearer}
         */
        @CanIgnoreReturnValue
        public Builder keyHeader(String name, String scheme) {
            this.keyHeader = new KeyHeader(name, scheme);
            return this;
        }

        /**
         * Adds a header to every request.
         *
         * @param name the header's name; replaces one that the client would set itself
         * @param value its value
         */
        @CanIgnoreReturnValue
        public Builder header(String name, String value) {
            this.headers = with(headers, name, value);
            return this;
        }

        /**
         * Adds a parameter to every URL, such as Azure's {@code api-version}.
         *
         * @param name the parameter's name, as it is; it is encoded on the way
         * @param value its value, as it is
         */
        @CanIgnoreReturnValue
        public Builder queryParameter(String name, String value) {
            this.queryParameters = with(queryParameters, name, value);
            return this;
        }

        public ConnectionOptions build() {
            return new ConnectionOptions(new Builder(this));
        }

        private static Map<String, String> with(Map<String, String> entries, String name, String value) {
            Map<String, String> copy = new LinkedHashMap<>(entries);
            copy.put(name, Objects.requireNonNull(value));
            return Collections.unmodifiableMap(copy);
        }
    }
}
