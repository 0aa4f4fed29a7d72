package io.afnio4j.ops;

import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
            Answer answer = new Answer();
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
                            broken -> answer.text.isEmpty() ? Mono.error(broken) : model.chat(request));
        });
    }

    /** What has come so far. */
    private static final class Answer {

        private final StringBuilder text = new StringBuilder();
        private @Nullable FinishReason reason;
        private Usage usage = Usage.NONE;

        private void add(ChatChunk chunk) {
            text.append(chunk.text());
            FinishReason finished = chunk.finishReason();
            reason = finished == null ? reason : finished;
            Usage reported = chunk.usage();
            usage = reported == null ? usage : reported;
        }

        private ChatResponse whole(String model) {
            if (reason == FinishReason.LENGTH || reason == FinishReason.CONTENT_FILTER) {
                throw new IncompleteAnswerException("The answer of " + model + " was cut "
                        + (reason == FinishReason.LENGTH
                                ? "at the token limit: raise max_completion_tokens, or ask for a shorter answer."
                                : "by the provider's content filter: change the prompt."));
            }
            return new ChatResponse(text.toString(), reason == null ? FinishReason.OTHER : reason, usage, model);
        }
    }
}
