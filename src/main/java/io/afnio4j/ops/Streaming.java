package io.afnio4j.ops;

import io.afnio4j.error.RetriableException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.StreamedAnswer;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks for an answer piece by piece where somebody listens, and gives it whole. */
final class Streaming {

    private Streaming() {}

    /**
     * Asks. Where the stream breaks off in the middle, the answer is asked for again in one piece: whoever retries beneath can't take back what was said.
     *
     * @param model who is asked
     * @param request the question
     * @param words hears each piece that holds words
     * @return the answer, whole as that of {@link ChatModel#chat}
     */
    static Mono<ChatResponse> chat(ChatModel model, ChatRequest request, Consumer<String> words) {
        return Mono.defer(() -> {
            StreamedAnswer answer = new StreamedAnswer();
            return Flux.defer(() -> model.stream(request))
                    .doOnNext(chunk -> {
                        answer.add(chunk);
                        if (!chunk.text().isEmpty()) {
                            words.accept(chunk.text());
                        }
                    })
                    .then(Mono.fromSupplier(() -> answer.whole(model.name())))
                    .onErrorResume(
                            RetriableException.class,
                            broken -> answer.isEmpty() ? Mono.error(broken) : model.chat(request));
        });
    }
}
