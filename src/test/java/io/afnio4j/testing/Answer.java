package io.afnio4j.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * What a {@link LoopbackServer} does when a request has come in: raw bytes on a raw connection, so that it can be as
 * wrong as it likes.
 */
public interface Answer {

    Publisher<Void> on(Connection connection);

    /** Bytes as they are, each piece flushed by itself; the connection stays open. */
    static Answer raw(byte[]... pieces) {
        return connection ->
                connection.outbound().send(Flux.fromArray(pieces).map(Unpooled::wrappedBuffer), any -> true);
    }

    static Answer raw(String... pieces) {
        return raw(Arrays.stream(pieces).map(piece -> piece.getBytes(UTF_8)).toArray(byte[][]::new));
    }

    /** A well-formed answer of any status. */
    static Answer of(int status, String contentType, byte[] body, String... headers) {
        String head = "HTTP/1.1 " + status + " Reason\r\ncontent-type: " + contentType + "\r\ncontent-length: "
                + body.length + "\r\n" + lines(headers) + "\r\n";
        return raw(head.getBytes(UTF_8), body);
    }

    static Answer json(int status, String body, String... headers) {
        return of(status, "application/json", body.getBytes(UTF_8), headers);
    }

    static Answer ok(String body) {
        return json(200, body);
    }

    static Answer gzipped(String body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(body.getBytes(UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return of(200, "application/json", bytes.toByteArray(), "content-encoding: gzip");
    }

    /** A stream of events in HTTP's chunks, ended as HTTP wants it. */
    static Answer events(String... pieces) {
        return raw(openEvents(pieces) + "0\r\n\r\n");
    }

    /** A stream of events whose end doesn't come. */
    static Answer unfinishedEvents(String... pieces) {
        return raw(openEvents(pieces));
    }

    private static String openEvents(String... pieces) {
        StringBuilder all = new StringBuilder(
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
        for (String piece : pieces) {
            all.append(Integer.toHexString(piece.getBytes(UTF_8).length))
                    .append("\r\n")
                    .append(piece)
                    .append("\r\n");
        }
        return all.toString();
    }

    /** A body that goes on for ever. */
    static Answer endless(String head, byte[] piece) {
        Flux<ByteBuf> pieces = Flux.just(head.getBytes(UTF_8))
                .concatWith(Flux.<byte[]>generate(sink -> sink.next(piece)))
                .map(Unpooled::wrappedBuffer);
        return connection -> connection.outbound().send(pieces, any -> true);
    }

    static Answer nothing() {
        return connection -> Mono.never();
    }

    static Answer close() {
        return connection -> Mono.fromRunnable(connection::dispose);
    }

    static Answer reset() {
        return connection -> Mono.fromRunnable(() -> {
            connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            connection.dispose();
        });
    }

    default Answer then(Answer next) {
        return connection -> Flux.concat(on(connection), next.on(connection));
    }

    private static String lines(String... headers) {
        StringBuilder lines = new StringBuilder();
        for (String header : headers) {
            lines.append(header).append("\r\n");
        }
        return lines.toString();
    }
}
