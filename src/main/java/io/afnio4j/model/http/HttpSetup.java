package io.afnio4j.model.http;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.model.KeyHeader;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider;
import reactor.netty.transport.ProxyProvider;

/**
 * How the HTTP client is set up. Three choices need their reasons: callers wait for a connection as long as it takes,
 * since how many may wait is decided above; Reactor Netty's own retry is off, so that no paid request is sent twice
 * behind the back of the retry policy; redirects aren't followed, since the key would travel along.
 */
final class HttpSetup {

    /** The longest answer that is read, unzipped: 16 MB. */
    static final int MAX_ANSWER = 16 << 20;

    /** The longest header block that is read: 128 KB. */
    static final int MAX_HEADERS = 128 << 10;

    /** How long a server of HTTP/2 may take to answer a ping before its connection is given up. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    /** How many calls share a connection of HTTP/2, where the server doesn't allow fewer. */
    private static final int CALLS_PER_HTTP2_CONNECTION = 100;

    /**
     * What frames a request is not the caller's to say: two opinions about its length are an attack known as smuggling.
     */
    private static final Set<String> FRAMING =
            Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

    private HttpSetup() {}

    static ConnectionProvider pool(ClientOptions options) {
        int calls = options.limits().maxConcurrency();
        ConnectionProvider.Builder pool = ConnectionProvider.builder("afnio4j")
                .maxConnections(calls)
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(Duration.ZERO)
                .maxIdleTime(options.connection().idleTimeout())
                .lifo();
        if (options.connection().http2()) {
            pool.allocationStrategy(Http2AllocationStrategy.builder()
                    .maxConnections(1 + (calls - 1) / CALLS_PER_HTTP2_CONNECTION)
                    .maxConcurrentStreams(CALLS_PER_HTTP2_CONNECTION)
                    .build());
        }
        return pool.build();
    }

    static HttpClient client(ConnectionProvider pool, ClientOptions options, HttpHeaders headers) {
        ConnectionOptions connection = options.connection();
        int connectMillis = connectMillis(connection);
        HttpClient client = HttpClient.create(pool)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
                .compress(connection.compression())
                .disableRetry(true)
                .followRedirect(false)
                .httpResponseDecoder(spec -> spec.maxHeaderSize(MAX_HEADERS)
                        .maxDecompressionBufferSize(MAX_ANSWER)
                        .allowDuplicateContentLengths(true)) // of the same value
                .http2Settings(settings -> settings.maxHeaderListSize(MAX_HEADERS))
                .headers(all -> all.setAll(headers));
        URI proxy = connection.proxy();
        HttpClient direct = secured(impatient(client, connection), options);
        return proxy == null ? direct : direct.proxy(spec -> through(spec, proxy, connectMillis));
    }

    private static int connectMillis(ConnectionOptions connection) {
        return (int) Math.min(
                Integer.MAX_VALUE, Math.max(1, connection.connectTimeout().toMillis()));
    }

    private static HttpClient impatient(HttpClient client, ConnectionOptions connection) {
        Duration limit = connection.responseTimeout();
        return connection.http2()
                ? client.doOnRequest((request, exchange) -> {
                    guard(exchange.channel(), limit);
                    Http2Guard.watch(exchange.channel(), limit.compareTo(SIGN_OF_LIFE) < 0 ? limit : SIGN_OF_LIFE);
                })
                : client.doOnChannelInit((observer, channel, address) -> guard(channel, limit));
    }

    /** The channel is an exchange's own in HTTP/2, and serves many, one after the other, in HTTP/1.1. */
    private static void guard(Channel channel, Duration limit) {
        if (channel.pipeline().get(ExchangeGuard.class) == null) {
            channel.pipeline()
                    .addBefore(NettyPipeline.ReactiveBridge, "afnio4j.interim", new InterimAnswers())
                    .addBefore(
                            NettyPipeline.ReactiveBridge, "afnio4j.guard", new ExchangeGuard(limit, System::nanoTime));
        }
    }

    private static HttpClient secured(HttpClient client, ClientOptions options) {
        ConnectionOptions connection = options.connection();
        URI base = options.baseUrl();
        boolean secure = base == null || "https".equalsIgnoreCase(base.getScheme());
        if (!secure) {
            return client.protocol(connection.http2() ? HttpProtocol.H2C : HttpProtocol.HTTP11);
        }
        SslProvider.GenericSslContextSpec<SslContextBuilder> tls =
                connection.http2() ? Http2SslContextSpec.forClient() : Http11SslContextSpec.forClient();
        tls.configure(context -> certify(context, connection));
        HttpClient speaking = connection.http2()
                ? client.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
                : client.protocol(HttpProtocol.HTTP11);
        return speaking.secure(spec -> spec.sslContext(tls).handshakeTimeout(connection.connectTimeout()));
    }

    private static void certify(SslContextBuilder context, ConnectionOptions connection) {
        TrustManagerFactory trust = connection.trust();
        if (trust != null) {
            context.trustManager(trust);
        }
        KeyManagerFactory identity = connection.identity();
        if (identity != null) {
            context.keyManager(identity);
        }
    }

    private static void through(ProxyProvider.TypeSpec spec, URI proxy, int connectMillis) {
        ProxyProvider.Proxy type =
                "socks5".equals(proxy.getScheme()) ? ProxyProvider.Proxy.SOCKS5 : ProxyProvider.Proxy.HTTP;
        ProxyProvider.Builder builder =
                spec.type(type).host(proxy.getHost()).port(proxy.getPort()).connectTimeoutMillis(connectMillis);
        String user = proxy.getUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            String password = colon < 0 ? "" : user.substring(colon + 1);
            builder.username(colon < 0 ? user : user.substring(0, colon)).password(name -> password);
        }
    }

    static HttpHeaders headers(ProviderFacts facts, ClientOptions options, Map<String, String> ofProvider) {
        HttpHeaders headers = new DefaultHttpHeaders()
                .set(HttpHeaderNames.USER_AGENT, "afnio4j")
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.ACCEPT, "application/json, text/event-stream");
        if (options.apiKey() != null) {
            KeyHeader header = keyHeader(facts, options);
            set(headers, header.name(), header.value(options.apiKey()));
        }
        ofProvider.forEach((name, value) -> set(headers, name, value));
        options.connection().headers().forEach((name, value) -> set(headers, name, value));
        return headers;
    }

    private static KeyHeader keyHeader(ProviderFacts facts, ClientOptions options) {
        KeyHeader own = options.connection().keyHeader();
        return own == null ? facts.keyHeader() : own;
    }

    /**
     * What a server knows its caller by: keys travel in a header of the client's or of the caller's own, or in the
     * query. What a gateway may read besides, such as other headers, isn't looked at.
     */
    static List<String> credentials(
            ProviderFacts facts, ClientOptions options, HttpHeaders headers, @Nullable String query) {
        String key = headers.get(keyHeader(facts, options).name());
        String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
        return Stream.of(key, authorization, query)
                .map(part -> Objects.toString(part, ""))
                .toList();
    }

    private static void set(HttpHeaders headers, String name, String value) {
        for (String framing : FRAMING) {
            if (framing.equalsIgnoreCase(name)) {
                throw new IllegalArgumentException(
                        "The header '" + name + "' can't be set: the client writes it itself.");
            }
        }
        try {
            headers.set(name, value);
        } catch (IllegalArgumentException invalid) {
            // Without the cause: it may quote the value, which may be a key.
            throw new IllegalArgumentException("The header '" + name
                    + "' can't be sent: its name or value holds characters that no header may have.");
        }
    }
}
