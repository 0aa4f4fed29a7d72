package io.afnio4j.model.http;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * A model behind a protocol of JSON over HTTP.
 *
 * <p>The provider's silence is limited within an attempt, also between two pieces of a stream. A subscriber that leaves
 * the pieces lying for longer than that limit loses the stream as well: it holds a connection that others wait for.
 */
final class HttpChatModel implements ChatModel {

    private static final int MAX_LINE = 1 << 20;

    /** After the last event the end of the body follows at once; only a connection that was read to its end can serve again. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final JsonHttp http;
    private final ChatProtocol protocol;
    private final HttpClient.RequestSender chat;
    private final HttpClient.RequestSender stream;

    HttpChatModel(JsonHttp http, ChatProtocol protocol) {
        this.http = http;
        this.protocol = protocol;
        this.chat = http.route(protocol.path(false));
        this.stream = http.route(protocol.path(true));
    }

    @Override
    public String name() {
        return http.name();
    }

    @Override
    public long ownAnswerLimit() {
        return protocol.ownAnswerLimit();
    }

    @Override
    public InetSocketAddress address() {
        return http.address();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        protocol.check(request);
        return http.post(chat, json -> protocol.write(json, request, false), (response, body) -> whole(body))
                .single();
    }

    /**
     * {@inheritDoc}
     *
     * <p>An answer that was cut at a limit or by a filter arrives as far as it goes; then follows the error that {@link
     * #chat} has for it.
     */
    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        protocol.check(request);
        return http.post(
                stream,
                json -> protocol.write(json, request, true),
                (response, body) -> isJson(response) ? whole(body).map(ChatChunk::of) : pieces(response, body));
    }

    @Override
    public void close() {
        http.close();
    }

    @Override
    public String toString() {
        return "ChatModel[" + name() + "]";
    }

    private Mono<ChatResponse> whole(Flux<ByteBuf> body) {
        return http.whole(body, protocol::read);
    }

    /** Some servers overhear that they should stream. */
    private static boolean isJson(HttpClientResponse response) {
        return response.responseHeaders()
                .get(HttpHeaderNames.CONTENT_TYPE, "")
                .startsWith(HttpHeaderValues.APPLICATION_JSON.toString());
    }

    private Flux<ChatChunk> pieces(HttpClientResponse response, Flux<ByteBuf> body) {
        SseDecoder decoder = new SseDecoder(MAX_LINE);
        StreamReader reader = protocol.stream();
        Ending ending = new Ending();
        return body.map(decoder::feed) // at once, for the buffer is released when this returns
                .doOnNext(events -> ending.look(events, reader))
                .concatWith(Mono.fromSupplier(decoder::finish))
                .takeUntilOther(ending.seen().then(linger(response)))
                .onErrorResume(late -> ending.wasSeen() ? Flux.empty() : Flux.error(late))
                .concatMapIterable(Function.identity(), 1)
                .<ChatChunk>handle((event, sink) -> read(reader, event, sink))
                .concatWith(Mono.fromRunnable(reader::requireWhole));
    }

    /** On the connection's own thread where it can be had: a timer elsewhere wakes another thread for each stream. */
    private static Mono<Void> linger(HttpClientResponse response) {
        return response instanceof Connection connection
                ? Mono.create(sink -> linger(connection.channel().eventLoop(), sink))
                : Mono.delay(LINGER).then();
    }

    private static void linger(EventLoop loop, MonoSink<Void> sink) {
        Future<?> timer = loop.schedule((Runnable) sink::success, LINGER.toMillis(), TimeUnit.MILLISECONDS);
        var unused = sink.onDispose(() -> timer.cancel(false));
    }

    private static void read(StreamReader reader, byte[] event, SynchronousSink<ChatChunk> sink) {
        ChatChunk chunk = reader.read(event);
        if (chunk != null) {
            sink.next(chunk);
        }
    }

    /** Whether the last event has come in, which may be long before the subscriber wants to have it. */
    private static final class Ending {

        private final Sinks.Empty<Void> sink = Sinks.empty();
        private final AtomicBoolean seen = new AtomicBoolean();

        private void look(List<byte[]> events, StreamReader reader) {
            for (byte[] event : events) {
                if (reader.isLast(event) && seen.compareAndSet(false, true)) {
                    sink.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
                }
            }
        }

        private boolean wasSeen() {
            return seen.get();
        }

        private Mono<Void> seen() {
            return sink.asMono();
        }
    }
}
