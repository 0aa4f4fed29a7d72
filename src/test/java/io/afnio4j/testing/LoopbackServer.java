package io.afnio4j.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.DisposableServer;
import reactor.netty.tcp.TcpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on this machine that plays a script: the first request gets the first answer, and so on; the last answer
 * serves all that follow. Or it answers by what it is asked. It records what that was and sees when its connections
 * end.
 */
public final class LoopbackServer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Function<Request, Answer> script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Sinks.One<Request> arrivals = Sinks.one();
    private final Sinks.Empty<Void> ends = Sinks.empty();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final DisposableServer server;

    private LoopbackServer(Function<Request, Answer> script) {
        this.script = script;
        this.server = TcpServer.create()
                .host("127.0.0.1")
                .port(0)
                .doOnConnection(this::accept)
                .handle((in, out) -> in.receiveObject()
                        .ofType(FullHttpRequest.class)
                        .map(this::record)
                        .concatMap(answer -> answer.on((Connection) in)))
                .bindNow(LIMIT);
    }

    public static LoopbackServer answering(Answer... script) {
        AtomicInteger next = new AtomicInteger();
        return reacting(request -> script[Math.min(next.getAndIncrement(), script.length - 1)]);
    }

    public static LoopbackServer reacting(Function<Request, Answer> script) {
        return new LoopbackServer(script);
    }

    public String baseUrl() {
        return "http://" + address() + "/v1";
    }

    public String address() {
        return "127.0.0.1:" + server.port();
    }

    public int port() {
        return server.port();
    }

    public List<Request> requests() {
        return requests;
    }

    public Request onlyRequest() {
        assertThat(requests).hasSize(1);
        return requests.get(0);
    }

    /** Emits when a request has come in, also one that came before this was called. */
    public Mono<Request> firstRequest() {
        return arrivals.asMono();
    }

    /** Completes when a connection has ended, also one that ended before this was called. */
    public Mono<Void> firstEnd() {
        return ends.asMono();
    }

    public int connections() {
        return connections.get();
    }

    public int openConnections() {
        return open.get();
    }

    private void accept(Connection connection) {
        connections.incrementAndGet();
        open.incrementAndGet();
        connection.onDispose(() -> {
            open.decrementAndGet();
            var unused = ends.tryEmitEmpty(); // only the first
        });
        connection.addHandlerLast(new HttpRequestDecoder()).addHandlerLast(new HttpObjectAggregator(1 << 20));
    }

    private Answer record(FullHttpRequest message) {
        Request request = new Request(
                message.method().name(),
                message.uri(),
                message.headers().copy(),
                message.content().toString(UTF_8));
        requests.add(request);
        var unused = arrivals.tryEmitValue(request); // only the first
        return script.apply(request);
    }

    @Override
    public void close() {
        server.disposeNow(LIMIT);
    }

    public record Request(String method, String uri, HttpHeaders headers, String body) {

        public JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }
}
