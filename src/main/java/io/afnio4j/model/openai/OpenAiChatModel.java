package io.afnio4j.model.openai;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ModelPath;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpStatusClass;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * A model behind the chat completions protocol. One instance has one pool of connections, as many as calls may be in
 * flight; an exchange that is cancelled closes its connection, one that ends gives it back.
 *
 * <p>The provider's silence is limited within an attempt, also between two pieces of a stream. A subscriber that leaves
 * the pieces lying for longer than that limit loses the stream as well: it holds a connection that others wait for.
 */
final class OpenAiChatModel implements ChatModel {

    private static final int MAX_ERROR = 64 << 10;
    private static final int MAX_LINE = 1 << 20;

    /** After [DONE] the end of the body follows at once; only a connection that was read to its end can serve again. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final ModelPath path;
    private final ConnectionProvider pool;
    private final HttpClient.RequestSender http;
    private final AnswerReader answers;
    private final StatusErrors errors;
    private final TransportErrors transport;
    private volatile boolean closed;

    /**
     * Makes a client.
     *
     * @param path the model
     * @param endpoint where it is
     * @param options how to reach it; its key is the one that is sent
     * @param clock what the dates in a provider's headers are compared with
     */
    OpenAiChatModel(ModelPath path, Endpoint endpoint, ClientOptions options, Clock clock) {
        Secrets secrets = Secrets.of(options);
        this.path = path;
        this.errors = new StatusErrors(path.model(), endpoint, secrets, clock);
        this.answers = new AnswerReader(path.toString(), errors, secrets);
        this.transport = new TransportErrors(endpoint, options.responseTimeout());
        this.pool = HttpSetup.pool(options);
        this.http = HttpSetup.client(pool, options).post().uri(endpoint.chat());
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        RequestJson.check(request.options());
        return exchange(request, false, (response, body) -> whole(body)).single();
    }

    /**
     * {@inheritDoc}
     *
     * <p>An answer that was cut at a limit or by a filter arrives as far as it goes; then follows the error that {@link
     * #chat} has for it.
     */
    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        RequestJson.check(request.options());
        return exchange(request, true, (response, body) -> isJson(response) ? asOnePiece(body) : pieces(body));
    }

    @Override
    public void close() {
        closed = true;
        pool.dispose();
    }

    @Override
    public String toString() {
        return "OpenAiChatModel[" + path + "]";
    }

    private <T> Flux<T> exchange(
            ChatRequest request, boolean stream, BiFunction<HttpClientResponse, Flux<ByteBuf>, Publisher<T>> reader) {
        return Flux.defer(() -> {
            if (closed) {
                return Flux.error(new IllegalStateException("The client of " + path + " was closed. Build a new one."));
            }
            byte[] json = RequestJson.write(path.model(), request, stream);
            return http.send(Mono.just(Unpooled.wrappedBuffer(json)))
                    .response((response, body) -> response.status().codeClass() == HttpStatusClass.SUCCESS
                            ? reader.apply(response, body)
                            : failure(response, body))
                    .onErrorMap(transport::explain);
        });
    }

    private <T> Mono<T> failure(HttpClientResponse response, Flux<ByteBuf> body) {
        // Whatever happens to the explanation, the status is known and says enough.
        return Bytes.gather(body, MAX_ERROR)
                .map(ProviderError::read)
                .onErrorReturn(ProviderError.NONE)
                .flatMap(error -> Mono.error(errors.of(response.status().code(), response.responseHeaders(), error)));
    }

    private Mono<ChatResponse> whole(Flux<ByteBuf> body) {
        return Bytes.gather(body, HttpSetup.MAX_ANSWER).map(answers::read);
    }

    /** Some servers overhear that they should stream. */
    private Mono<ChatChunk> asOnePiece(Flux<ByteBuf> body) {
        return whole(body).map(answer -> new ChatChunk(answer.text(), answer.finishReason(), answer.usage()));
    }

    private static boolean isJson(HttpClientResponse response) {
        return response.responseHeaders()
                .get(HttpHeaderNames.CONTENT_TYPE, "")
                .startsWith(HttpHeaderValues.APPLICATION_JSON.toString());
    }

    private Flux<ChatChunk> pieces(Flux<ByteBuf> body) {
        SseDecoder decoder = new SseDecoder(MAX_LINE);
        ChunkReader reader = new ChunkReader(answers);
        return body.map(decoder::feed) // at once, for the buffer is released when this returns
                .doOnNext(reader::arrived)
                .concatWith(Mono.fromSupplier(decoder::finish))
                .takeUntilOther(reader.done().then(Mono.delay(LINGER)))
                .onErrorResume(late -> reader.doneArrived() ? Flux.empty() : Flux.error(late))
                .concatMapIterable(Function.identity(), 1)
                .<ChatChunk>handle(reader::read)
                .concatWith(Mono.fromRunnable(reader::requireWhole));
    }
}
