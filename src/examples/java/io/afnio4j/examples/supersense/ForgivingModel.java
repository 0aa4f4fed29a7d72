package io.afnio4j.examples.supersense;

import io.afnio4j.error.AfnioException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Takes an answer that was cut, stopped by a provider's filter, before or after it began, or refused for one without
 * words, or without the rest of them: one among thousands is a mistake like others, and no reason to lose the rest.
 */
final class ForgivingModel extends ChatModelDecorator {

    ForgivingModel(ChatModel model) {
        super(model);
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(asker -> model.chat(request).onErrorResume(ForgivingModel::forgives, failure -> {
            asker.<Forgiven>getOrEmpty(Forgiven.class).ifPresent(told -> told.add(request, failure));
            return Mono.just(new ChatResponse("", FinishReason.STOP, Usage.spentOn(failure), model.name()));
        }));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return model.stream(request)
                .onErrorResume(
                        ForgivingModel::forgives, failure -> Flux.just(new ChatChunk("", FinishReason.STOP, null)));
    }

    private static boolean forgives(Throwable failure) {
        return failure instanceof AfnioException known && known.isDueToWords();
    }

    /** Told of what is forgiven, in answers that come whole, to those in whose context it stands. */
    static final class Forgiven {

        private final Map<String, Throwable> byQuestion = new ConcurrentHashMap<>();

        Context in(Context asker) {
            return asker.put(Forgiven.class, this);
        }

        private void add(ChatRequest request, Throwable failure) {
            List<ChatMessage> messages = request.messages();
            byQuestion.put(messages.get(messages.size() - 1).text(), failure);
        }

        /** The failure of the first of these questions that has one, whichever came first. */
        Optional<Throwable> first(Stream<String> questions) {
            return questions.map(byQuestion::get).flatMap(Stream::ofNullable).findFirst();
        }
    }
}
