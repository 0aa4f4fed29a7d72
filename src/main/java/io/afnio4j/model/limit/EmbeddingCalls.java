package io.afnio4j.model.limit;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ThrottleScope;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Requests for vectors in the clothes of chats, so that one chain of decorators serves both: the texts are the
 * messages, which is what estimates look at, the usage is that of the answer, and an answer has no words. The vectors
 * travel beside it, in a place that the call has put into its context. Two attempts of a hedged call may both find it;
 * what they put there is the same.
 */
final class EmbeddingCalls implements ChatModel {

    private static final CompletionOptions NO_WORDS = CompletionOptions.NONE.maxCompletionTokens(0);

    private final EmbeddingModel wire;

    EmbeddingCalls(EmbeddingModel wire) {
        this.wire = wire;
    }

    /** Sends texts through a chain that ends at a model of this class. */
    static Mono<Embeddings> through(ChatModel chain, List<String> texts) {
        return Mono.defer(() -> {
            Place place = new Place();
            return chain.chat(request(texts))
                    .map(answer -> place.get())
                    .contextWrite(context -> context.put(Place.class, place));
        });
    }

    static ChatRequest request(List<String> texts) {
        return new ChatRequest(texts.stream().map(ChatMessage::user).toList(), NO_WORDS);
    }

    @Override
    public String name() {
        return wire.name();
    }

    @Override
    public @Nullable ThrottleScope throttleScope() {
        return wire.throttleScope();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        List<String> texts = request.messages().stream().map(ChatMessage::text).toList();
        return Mono.deferContextual(context -> wire.embed(texts)
                .doOnNext(context.get(Place.class)::set)
                .map(vectors -> new ChatResponse("", FinishReason.STOP, vectors.usage(), vectors.model())));
    }

    @Override
    public void close() {
        wire.close();
    }

    /** Where the vectors of one call are put down. */
    private static final class Place extends AtomicReference<Embeddings> {

        private static final long serialVersionUID = 1L;
    }
}
