package io.afnio4j.benchmarks.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The least that one has to write to talk to a model with Reactor Netty: the bytes of the request are there already,
 * and of the answer the words and the usage are read. It has no queue, limits, retries or timeouts, counts nothing, and
 * takes every answer for a good one.
 */
final class BareClient implements AutoCloseable {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final ConnectionProvider pool;
    private final HttpClient.ResponseReceiver<?> plain;
    private final HttpClient.ResponseReceiver<?> streamed;

    BareClient(String baseUrl, int inFlight) {
        pool = ConnectionProvider.builder("bare")
                .maxConnections(inFlight)
                .pendingAcquireMaxCount(-1)
                .lifo()
                .build();
        HttpClient.RequestSender sender = HttpClient.create(pool)
                .headers(headers -> headers.set("Content-Type", "application/json")
                        .set("Accept", "application/json, text/event-stream")
                        .set("Authorization", "Bearer sk-benchmark"))
                .post()
                .uri(baseUrl + "/chat/completions");
        plain = sender.send(body(Prompt.json(false)));
        streamed = sender.send(body(Prompt.json(true)));
    }

    private static Mono<ByteBuf> body(byte[] json) {
        return Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json));
    }

    Mono<Answer> chat() {
        return plain.responseSingle((response, body) -> body.asByteArray()).map(BareClient::read);
    }

    private static Answer read(byte[] json) {
        JsonNode root = MAPPER.readTree(json);
        JsonNode message = root.path("choices").path(0).path("message");
        return new Answer(message.path("content").asString(""), tokens(root));
    }

    private static long tokens(JsonNode root) {
        JsonNode usage = root.path("usage");
        return usage.path("prompt_tokens").asLong(0)
                + usage.path("completion_tokens").asLong(0);
    }

    Flux<Answer> stream() {
        return streamed.response((response, body) -> {
            Events events = new Events();
            return body.concatMapIterable(events::read);
        });
    }

    @Override
    public void close() {
        pool.dispose();
    }

    /** What a caller needs of an answer or of a piece of one. */
    record Answer(String words, long tokens) {}

    /** The events of one stream, as this server writes them: one line each, and an empty one. */
    private static final class Events {

        private static final int PREFIX = "data: ".length();

        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        private List<Answer> read(ByteBuf buffer) {
            List<Answer> answers = new ArrayList<>();
            for (int end = lineFeed(buffer); end >= 0; end = lineFeed(buffer)) {
                take(buffer, end);
                buffer.skipBytes(1);
                byte[] event = line.toByteArray();
                line.reset();
                if (event.length > PREFIX && event[PREFIX] == '{') {
                    JsonNode root = MAPPER.readTree(event, PREFIX, event.length - PREFIX);
                    JsonNode delta = root.path("choices").path(0).path("delta");
                    answers.add(new Answer(delta.path("content").asString(""), tokens(root)));
                }
            }
            take(buffer, buffer.readableBytes());
            return answers;
        }

        private static int lineFeed(ByteBuf buffer) {
            return buffer.bytesBefore((byte) '\n');
        }

        private void take(ByteBuf buffer, int count) {
            byte[] bytes = new byte[count];
            buffer.readBytes(bytes);
            line.writeBytes(bytes);
        }
    }
}
