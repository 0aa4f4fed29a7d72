package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** Connections of HTTP/2, on which a server says more than answers, or nothing. */
class Http2Test extends OpenAiTestSupport {

    private static final Duration WAIT = Duration.ofSeconds(1);

    private final AtomicBoolean begun = new AtomicBoolean();
    private final Set<Integer> clients = ConcurrentHashMap.newKeySet();
    private @Nullable DisposableServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.disposeNow(LIMIT);
        }
    }

    @Test
    void passesOverWhatAServerSaysBeforeItsAnswer() {
        DefaultHttp2Headers hints = new DefaultHttp2Headers();
        hints.status("103").add("link", "</a>");
        ChatModel model = against((stream, answer) -> frame(stream, new DefaultHttp2HeadersFrame(hints))
                .then(frame(stream, new DefaultHttp2HeadersFrame(hints)))
                .then(answer));

        for (int call = 0; call < 3; call++) {
            assertThat(get(model.chat(HELLO)).text()).isEqualTo("yes");
        }
    }

    @Test
    void opensANewConnectionWhereTheServerTakesNoMoreOnTheOneThatThereIsButDoesNotCloseIt() {
        ChatModel model =
                against((stream, answer) -> frame(stream.parent(), new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR))
                        .then(answer)); // in this order, so that the next request can't overtake it

        for (int call = 0; call < 3; call++) {
            assertThat(get(model.chat(HELLO)).text()).isEqualTo("yes");
        }

        assertThat(clients).hasSize(3);
    }

    @Test
    void opensANewConnectionWhereNothingComesAnyMoreOnTheOneThatThereIsHoweverSoonCallersGiveUp() {
        ChatModel model = against((stream, answer) -> {
            if (clients.size() > 1) {
                return answer;
            }
            stream.parent().pipeline().addFirst(new Deaf());
            return Mono.never();
        });

        StepVerifier.create(model.chat(HELLO)
                        .timeout(WAIT.dividedBy(4))
                        .retryWhen(Retry.fixedDelay(20, Duration.ofMillis(50))))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(clients).hasSize(2);
    }

    private static HttpServer plainHttp2() {
        return HttpServer.create().protocol(HttpProtocol.H2C).host("127.0.0.1").port(0);
    }

    /** The server ends no stream before all have begun. */
    @Test
    void streamsManyAnswersAtOnceOverOneConnection() {
        int streams = 20;
        Sinks.Empty<Void> allBegun = Sinks.empty();
        AtomicInteger began = new AtomicInteger();
        server = plainHttp2()
                .handle((request, response) -> {
                    clients.add(request.remoteAddress().getPort());
                    if (began.incrementAndGet() == streams) {
                        allBegun.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
                    }
                    Flux<String> events = Flux.just(Completions.word("Hel"))
                            .concatWith(Flux.just(Completions.word("lo"), Completions.stop(), Completions.done())
                                    .delaySubscription(allBegun.asMono()));
                    return request.receive()
                            .aggregate()
                            .then(response.sse()
                                    .sendByteArray(events.map(event -> event.getBytes(UTF_8)))
                                    .then());
                })
                .bindNow(LIMIT);
        ChatModel model = client(http2(server));

        StepVerifier.create(Flux.range(0, streams)
                        .flatMap(
                                call -> model.stream(HELLO)
                                        .map(ChatChunk::text)
                                        .filter(text -> !text.isEmpty())
                                        .collectList(),
                                streams))
                .thenConsumeWhile(words -> words.equals(List.of("Hel", "lo")))
                .expectComplete()
                .verify(LIMIT);
        assertThat(began).hasValue(streams);
        assertThat(clients).hasSize(1);
    }

    @Test
    void reportsAStreamThatIsReset() {
        ChatModel model = against((stream, answer) -> Mono.fromRunnable(() -> {
            var unused = stream.close();
        }));

        assertThat(failureOf(model.chat(HELLO))).isInstanceOf(UnavailableException.class);
    }

    /** Hears nothing of what the other side says from now on. */
    private static final class Deaf extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    /**
     * A client with one connection, on which a call was answered before, of a server that may say something in frames
     * beside its answers from then on.
     */
    private ChatModel against(BiFunction<Channel, Mono<Void>, Mono<Void>> saying) {
        server = plainHttp2()
                .handle((request, response) -> {
                    clients.add(request.remoteAddress().getPort());
                    Channel[] stream = new Channel[1];
                    response.withConnection(connection -> stream[0] = connection.channel());
                    Mono<Void> answer = response.header("content-type", "application/json")
                            .sendString(Mono.just(Completions.saying("yes")))
                            .then();
                    return request.receive().aggregate().then(begun.get() ? saying.apply(stream[0], answer) : answer);
                })
                .bindNow(LIMIT);
        ChatModel model = client(http2(server));
        run(model.chat(HELLO).retry(9)); // the first ones of a JVM may take long
        clients.clear();
        begun.set(true);
        return model;
    }

    private static ClientOptions http2(DisposableServer server) {
        return ClientOptions.builder()
                .baseUrl("http://127.0.0.1:" + server.port())
                .apiKey(KEY)
                .connection(ConnectionOptions.builder()
                        .http2(true)
                        .responseTimeout(WAIT)
                        .build())
                .build();
    }

    /** Past the handlers that speak in whole answers, which have no words for it. */
    private static Mono<Void> frame(Channel channel, Http2Frame frame) {
        return Mono.fromRunnable(() -> {
            ChannelPipeline pipeline = channel.pipeline();
            ChannelHandlerContext codec = pipeline.context(Http2FrameCodec.class);
            var unused = codec == null ? pipeline.firstContext().writeAndFlush(frame) : pipeline.writeAndFlush(frame);
        });
    }
}
