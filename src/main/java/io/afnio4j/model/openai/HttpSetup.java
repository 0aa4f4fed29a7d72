package io.afnio4j.model.openai;

import io.afnio4j.model.ClientOptions;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.Set;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

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

    /** Servers drop idle connections after times of their own; one that we drop first is never found dead. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(30);

    /** What frames a request is not the caller's to say: two opinions about its length are an attack known as smuggling. */
    private static final Set<String> FRAMING =
            Set.of("content-length", "transfer-encoding", "connection", "expect", "upgrade");

    private HttpSetup() {}

    static ConnectionProvider pool(ClientOptions options) {
        return ConnectionProvider.builder("afnio4j")
                .maxConnections(options.maxConcurrency())
                .pendingAcquireMaxCount(-1)
                .pendingAcquireTimeout(Duration.ZERO)
                .maxIdleTime(MAX_IDLE)
                .lifo()
                .build();
    }

    static HttpClient client(ConnectionProvider pool, ClientOptions options) {
        HttpHeaders headers = headers(options);
        long connectMillis =
                Math.min(Integer.MAX_VALUE, Math.max(1, options.connectTimeout().toMillis()));
        return HttpClient.create(pool)
                .protocol(HttpProtocol.HTTP11)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectMillis)
                .responseTimeout(options.responseTimeout())
                .compress(true)
                .disableRetry(true)
                .followRedirect(false)
                .httpResponseDecoder(spec -> spec.maxHeaderSize(MAX_HEADERS).maxDecompressionBufferSize(MAX_ANSWER))
                .headers(all -> all.setAll(headers));
    }

    private static HttpHeaders headers(ClientOptions options) {
        HttpHeaders headers = new DefaultHttpHeaders()
                .set(HttpHeaderNames.USER_AGENT, "afnio4j")
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .set(HttpHeaderNames.ACCEPT, "application/json, text/event-stream");
        if (options.apiKey() != null) {
            headers.set(
                    HttpHeaderNames.AUTHORIZATION, "Bearer " + options.apiKey().reveal());
        }
        if (options.organization() != null) {
            set(headers, "OpenAI-Organization", options.organization());
        }
        options.headers().forEach((name, value) -> set(headers, name, value));
        return headers;
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
