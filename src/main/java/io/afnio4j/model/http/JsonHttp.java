package io.afnio4j.model.http;

import io.afnio4j.error.AfnioException;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.ThrottleScope;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpStatusClass;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * JSON over HTTP with one provider. One instance has one pool of connections, as many as calls may be in flight; an
 * exchange that is cancelled closes its connection, one that ends gives it back. Each request is sent once.
 */
public final class JsonHttp implements AutoCloseable {

    private static final int MAX_ERROR = 64 << 10;

    /** Servers exist that say "utf-8" here, which is no way of packing. */
    private static final Pattern PACKED = Pattern.compile("gzip|deflate|br|zstd|compress", Pattern.CASE_INSENSITIVE);

    /** Far more than anybody has; a list without end is given up there. */
    private static final int MAX_PAGES = 100;

    private final String name;
    private final Endpoint endpoint;
    private final Clock clock;
    private final ConnectionProvider pool;
    private final HttpClient http;
    private final ThrottleScope scope;
    private final StatusErrors errors;
    private final TransportErrors transport;
    private final Answers answers;
    private final Signatures signatures;
    private volatile boolean closed;

    JsonHttp(ProviderFacts facts, String model, ClientOptions options, Map<String, String> headers, Clock clock) {
        URI base = options.baseUrl() == null ? facts.base() : options.baseUrl();
        Secrets secrets = Secrets.of(options);
        this.name = model.isEmpty() ? facts.name() : facts.name() + "/" + model;
        this.endpoint = Endpoint.of(base, options.connection());
        this.clock = clock;
        this.errors = new StatusErrors(model, endpoint, facts.keyVariable(), secrets, clock);
        this.transport = new TransportErrors(endpoint, options.connection());
        this.answers = new Answers(name, errors, secrets);
        this.signatures = new Signatures(facts.name(), endpoint.origin());
        this.pool = HttpSetup.pool(options);
        HttpHeaders all = HttpSetup.headers(facts, options, headers);
        this.scope = ThrottleScope.of(endpoint.origin(), HttpSetup.credentials(facts, options, all, endpoint.query()));
        this.http = HttpSetup.client(pool, options, all);
    }

    /**
     * What the connection is for.
     *
     * @return {@code provider/model}, or the provider alone
     */
    public String name() {
        return name;
    }

    /**
     * Where the provider is.
     *
     * @return host and port, not looked up
     */
    public InetSocketAddress address() {
        return endpoint.socket();
    }

    /**
     * Whom a throttled answer is meant for.
     *
     * @return equal for all connections to the provider's place with the same key
     */
    public ThrottleScope throttleScope() {
        return scope;
    }

    /** What calls of tools bear that came from here. */
    Signatures signatures() {
        return signatures;
    }

    /**
     * What judges this provider's answers.
     *
     * @return the judge, to be shared by all calls
     */
    public Answers answers() {
        return answers;
    }

    /**
     * Asks for something.
     *
     * @param path below the base URL, with a query of its own or without
     * @return the answer, an object or an array that isn't an error; or an {@link io.afnio4j.error.AfnioException}
     */
    public Mono<JsonNode> get(String path) {
        HttpClient.ResponseReceiver<?> request = http.get().uri(endpoint.uri(path));
        return exchange(
                        () -> request,
                        (response, body) ->
                                Bytes.gather(body, HttpSetup.MAX_ANSWER).map(answers::parseAny))
                .single();
    }

    /**
     * Asks for all pages of a list, one after the other. A page that leads to where another has led already is the
     * last, for servers exist that lead in circles.
     *
     * @param path below the base URL, with a query of its own
     * @param parameter the name of the parameter that says which page is wanted
     * @param next what that parameter is for the page after a page, "" behind the last
     * @return the pages
     */
    public Flux<JsonNode> pages(String path, String parameter, Function<JsonNode, String> next) {
        return Flux.defer(() -> {
            Set<String> known = new HashSet<>(Set.of(""));
            return get(path)
                    .expand(page -> {
                        String token = next.apply(page);
                        return known.add(token)
                                ? get(path + "&" + parameter + "=" + Endpoint.encode(token))
                                : Mono.empty();
                    })
                    .take(MAX_PAGES);
        });
    }

    /**
     * Sends something.
     *
     * @param path below the base URL, with a query of its own or without
     * @param content writes the request's body, at each subscription
     * @return the answer, an object that isn't an error; or an {@link io.afnio4j.error.AfnioException}
     */
    public Mono<JsonNode> post(String path, Consumer<JsonGenerator> content) {
        return post(
                        route(path),
                        content,
                        (response, body) ->
                                Bytes.gather(body, HttpSetup.MAX_ANSWER).map(whole -> answers.parse(whole)))
                .single();
    }

    /** What is the same in all requests to one path, prepared once. */
    HttpClient.RequestSender route(String path) {
        return http.post().uri(endpoint.uri(path));
    }

    <T> Flux<T> post(
            HttpClient.RequestSender route,
            Consumer<JsonGenerator> content,
            BiFunction<HttpClientResponse, Flux<ByteBuf>, Publisher<T>> reader) {
        return exchange(() -> route.send(Mono.just(JsonBody.write(content))), reader);
    }

    private <T> Flux<T> exchange(
            Supplier<HttpClient.ResponseReceiver<?>> request,
            BiFunction<HttpClientResponse, Flux<ByteBuf>, Publisher<T>> reader) {
        return Flux.defer(() -> {
            if (closed) {
                return Flux.error(closedFailure());
            }
            return request.get()
                    .response((response, body) -> {
                        report(response);
                        boolean good = response.status().codeClass() == HttpStatusClass.SUCCESS;
                        String packed = packed(response.responseHeaders());
                        if (good && packed != null) {
                            return Mono.error(answers.packed(packed));
                        }
                        return good
                                ? reader.apply(response, body)
                                : failure(response, packed == null ? body : Flux.empty());
                    })
                    .onErrorMap(this::explain);
        });
    }

    /**
     * How a body is packed that nobody has unpacked, null where it isn't: what the client unpacks loses this header.
     */
    private static @Nullable String packed(HttpHeaders headers) {
        String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        return encoding != null && PACKED.matcher(encoding).find() ? encoding : null;
    }

    private Throwable explain(Throwable failure) {
        Throwable explained = transport.explain(failure);
        // Who still waits for a connection when the pool is disposed is told so in the pool's own words.
        return closed && !(explained instanceof AfnioException) ? closedFailure() : explained;
    }

    private IllegalStateException closedFailure() {
        return new IllegalStateException("The client of " + name + " was closed. Build a new one.");
    }

    /** Tells whoever listens in the subscription's context how much the provider still allows. */
    private void report(HttpClientResponse response) {
        RateLimits.Listener listener = RateLimits.listener(response.currentContextView());
        if (listener != null) {
            RateLimits limits = RateLimitHeaders.read(response.responseHeaders(), clock);
            if (limits != null) {
                listener.onRateLimits(limits);
            }
        }
    }

    private <T> Mono<T> failure(HttpClientResponse response, Flux<ByteBuf> body) {
        // Whatever happens to the explanation, the status is known and says enough.
        return Bytes.gather(body, MAX_ERROR)
                .map(ProviderError::read)
                .onErrorReturn(ProviderError.NONE)
                .flatMap(error -> Mono.error(errors.of(response.status().code(), response.responseHeaders(), error)));
    }

    /** Gives back the connections. Never blocks; calls in flight may still end, further ones fail. */
    @Override
    public void close() {
        closed = true;
        pool.dispose();
    }

    @Override
    public String toString() {
        return "JsonHttp[" + name + "]";
    }
}
