package io.afnio4j.benchmarks.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A provider that costs next to nothing: answers of a usual length in OpenAI's form, whole or streamed, each after a delay that the base URL names:
 * {@code http://localhost:port/plain/50} or {@code .../streamed/50}, in milliseconds. A program of its own, so that its processor time isn't the client's. It writes
 * its port on a line and ends with its input.
 */
final class ChatServer {

    private static final int WORDS = 20;
    private static final int BACKLOG = 4096;

    private static final ByteBuf WHOLE = bytes(String.format(Locale.ROOT, """
            {"id":"chatcmpl-1","object":"chat.completion","created":1763900000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant",\
            "content":"%s","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":%s,"service_tier":"default",\
            "system_fingerprint":"fp_1"}""", Prompt.ANSWER, usage()));

    private static final List<ByteBuf> EVENTS = Stream.of(
                    IntStream.range(0, WORDS)
                            .mapToObj(i -> event("[{\"index\":0,\"delta\":{\"content\":\" word" + i
                                    + "\"},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null")),
                    Stream.of(
                            event(
                                    "[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":null"),
                            event("[],\"usage\":" + usage()),
                            bytes("data: [DONE]\n\n")))
            .flatMap(events -> events)
            .toList();

    private ChatServer() {}

    public static void main(String[] args) throws Exception {
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .handle(ChatServer::answer)
                .bindNow();
        System.out.println(server.port());
        while (System.in.read() >= 0) {
            // nothing is expected but the end
        }
        server.disposeNow();
    }

    private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        String[] path = request.uri().split("/"); // "", plain, 50, chat, completions
        Mono<Void> asked = request.receive().then().then(delay(request, Long.parseLong(path[2])));
        if (path[1].equals("streamed")) {
            response.header("Content-Type", "text/event-stream");
            // Each event is flushed on its own, as models speak.
            return asked.then(Mono.defer(
                    () -> response.sendObject(Flux.fromIterable(EVENTS).map(ByteBuf::duplicate), event -> true)
                            .then()));
        }
        response.header("Content-Type", "application/json").header("Content-Length", "" + WHOLE.readableBytes());
        return asked.then(
                Mono.defer(() -> response.sendObject(WHOLE.duplicate()).then()));
    }

    /** On the timers of the connection's own event loop. */
    private static Mono<Void> delay(HttpServerRequest request, long millis) {
        if (millis == 0) {
            return Mono.empty();
        }
        return Mono.create(sink ->
                request.withConnection(connection -> later(connection.channel().eventLoop(), millis, sink)));
    }

    private static void later(EventLoop loop, long millis, MonoSink<Void> sink) {
        var unused = loop.schedule((Runnable) sink::success, millis, TimeUnit.MILLISECONDS);
    }

    private static String usage() {
        return "{\"prompt_tokens\":140,\"completion_tokens\":80,\"total_tokens\":220,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},"
                + "\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0}}";
    }

    private static ByteBuf event(String choices) {
        return bytes("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1763900000,"
                + "\"model\":\"gpt-4o-2024-08-06\",\"system_fingerprint\":\"fp_1\",\"choices\":" + choices + "}\n\n");
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(text.getBytes(StandardCharsets.UTF_8)));
    }
}
