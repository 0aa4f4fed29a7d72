package io.afnio4j.examples.supersense;

import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes an answer that was cut, stopped by a provider's filter or refused for one without words, or without the rest of them: one among thousands is a mistake like
 * others, and no reason to lose the rest.
 */
final class ForgivingModel extends ChatModelDecorator {

    private volatile @Nullable RuntimeException forgiven;

    ForgivingModel(ChatModel model) {
        super(model);
    }

    /** What was forgiven last, null where nothing was. */
    @Nullable RuntimeException forgiven() {
        return forgiven;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return model.chat(request)
                .onErrorResume(
                        this::forgives,
                        failure -> Mono.just(
                                new ChatResponse("", FinishReason.STOP, Usage.spentOn(failure), model.name())));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return model.stream(request)
                .onErrorResume(this::forgives, failure -> Flux.just(new ChatChunk("", FinishReason.STOP, null)));
    }

    private boolean forgives(Throwable failure) {
        if (failure instanceof IncompleteAnswerException
                || (failure instanceof UnexpectedAnswerException unexpected && unexpected.wasRead())) {
            forgiven = (RuntimeException) failure;
            return true;
        }
        return false;
    }
}
