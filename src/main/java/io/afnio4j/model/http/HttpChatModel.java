package io.afnio4j.model.http;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.StreamedAnswer;
import io.afnio4j.model.ThrottleScope;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import tools.jackson.databind.JsonNode;

/**
 * A model behind a protocol of JSON over HTTP.
 *
 * <p>The provider's silence is limited within an attempt, also between two pieces of a stream. A subscriber that leaves
 * the pieces lying for longer than that limit loses the stream as well: it holds a connection that others wait for.
 */
final class HttpChatModel implements ChatModel {

    /**
     * After the last event the end of the body follows at once; only a connection that was read to its end can serve
     * again.
     */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final JsonHttp http;
    private final ChatProtocol protocol;
    private final Signatures signatures;
    private final HttpClient.RequestSender chat;
    private final HttpClient.RequestSender stream;

    HttpChatModel(JsonHttp http, ChatProtocol protocol) {
        this.http = http;
        this.protocol = protocol;
        this.signatures = http.signatures();
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
    public ThrottleScope throttleScope() {
        return http.throttleScope();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        protocol.check(request);
        ChatRequest own = signatures.own(request);
        return Mono.defer(() -> {
            ChatRequest sent = protocol.adapted(own, false);
            return http.post(
                            chat,
                            json -> protocol.write(json, sent, false),
                            (response, body) -> Bytes.gather(body, HttpSetup.MAX_ANSWER)
                                    .map(bytes -> signatures.marked(whole(bytes, sent))))
                    .single()
                    .onErrorMap(AfnioException.class, failure -> protocol.reconsidered(failure, own, sent));
        });
    }

    /**
     * {@inheritDoc}
     *
     * <p>An answer that was cut at a limit or by a filter arrives as far as it goes; then follows the error that
     * {@link #chat} has for it.
     */
    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        protocol.check(request);
        ChatRequest own = signatures.own(request);
        return Flux.defer(() -> {
                    ChatRequest sent = protocol.adapted(own, true);
                    return http.post(
                                    stream,
                                    json -> protocol.write(json, sent, true),
                                    (response, body) -> pieces(sent, response, body))
                            .onErrorMap(AfnioException.class, failure -> protocol.reconsidered(failure, own, sent));
                })
                .map(signatures::marked);
    }

    @Override
    public void close() {
        http.close();
    }

    @Override
    public String toString() {
        return "ChatModel[" + name() + "]";
    }

    /** Some servers stream whatever they are asked for. */
    private ChatResponse whole(Bytes body, ChatRequest request) {
        List<byte[]> events = StreamedBody.events(body);
        if (events.isEmpty()) {
            return protocol.read(http.answers().parse(body));
        }
        StreamReader reader = protocol.stream(request);
        StreamedAnswer answer = new StreamedAnswer();
        events.stream().map(reader::read).filter(Objects::nonNull).forEach(answer::add);
        ChatChunk rest = reader.rest();
        if (rest != null) {
            answer.add(rest);
        }
        reader.requireWhole();
        return answer.whole(name());
    }

    private Flux<ChatChunk> pieces(ChatRequest request, HttpClientResponse response, Flux<ByteBuf> body) {
        StreamedBody decoder = new StreamedBody();
        StreamReader reader = protocol.stream(request);
        Ending ending = new Ending();
        // Each buffer is read to its end at once, for it is released when this returns.
        return body.map(buffer -> ending.look(decoder.feed(buffer), reader))
                .takeUntilOther(ending.seen().then(linger(response)))
                .onErrorResume(ending::cut)
                .concatMapIterable(Function.identity(), 1)
                .<ChatChunk>handle((event, sink) -> read(reader, event, sink))
                .concatWith(Flux.defer(() -> rest(decoder, reader, ending)));
    }

    /** What follows the last event that was ended by an empty line. */
    private Flux<ChatChunk> rest(StreamedBody decoder, StreamReader reader, Ending ending) {
        return Flux.fromIterable(ending.isUnmarked() ? decoder.finish() : List.of())
                .<ChatChunk>handle((event, sink) -> read(reader, event, sink))
                .concatWith(Mono.fromSupplier(reader::rest))
                .concatWith(Mono.defer(() -> last(decoder.whole(), reader, ending.failure)));
    }

    /**
     * How a stream ends. A connection that was cut is of interest only where something was still to come.
     *
     * @param whole the answer where it didn't come as events
     * @param cut how the connection ended, null where it was in order
     */
    private Mono<ChatChunk> last(@Nullable Bytes whole, StreamReader reader, @Nullable Throwable cut) {
        if (whole != null) {
            return cut == null
                    ? Mono.just(ChatChunk.of(unstreamed(http.answers().parseAny(whole))))
                    : Mono.error(cut);
        }
        try {
            reader.requireWhole();
            return cut == null || reader.marksItsEnd() ? Mono.empty() : Mono.error(cut);
        } catch (BrokenAnswerException broken) {
            return Mono.error(cut == null ? broken : cut);
        }
    }

    private ChatResponse unstreamed(JsonNode answer) {
        return answer.isArray() ? protocol.readPieces(answer) : protocol.read(answer);
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

    /** How the body came to its end, which may be long before the subscriber wants to have its last events. */
    private static final class Ending {

        private final Sinks.Empty<Void> sink = Sinks.empty();
        private final AtomicBoolean seen = new AtomicBoolean();
        private volatile @Nullable Throwable failure;

        private List<byte[]> look(List<byte[]> events, StreamReader reader) {
            for (byte[] event : events) {
                if (reader.isLast(event) && seen.compareAndSet(false, true)) {
                    sink.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
                }
            }
            return events;
        }

        private Flux<List<byte[]>> cut(Throwable reason) {
            failure = reason;
            return Flux.empty();
        }

        /** Whether the body came to its end in order, and without an event that said so. */
        private boolean isUnmarked() {
            return failure == null && !seen.get();
        }

        private Mono<Void> seen() {
            return sink.asMono();
        }
    }
}
