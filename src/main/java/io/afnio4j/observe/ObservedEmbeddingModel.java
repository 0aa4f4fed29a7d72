package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.EmbeddingModelDecorator;
import io.afnio4j.model.Embeddings;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import reactor.core.publisher.Mono;

/** Observes each call: all of it, with its waiting, all its requests and all their attempts. */
final class ObservedEmbeddingModel extends EmbeddingModelDecorator {

    private final ObservationRegistry registry;

    ObservedEmbeddingModel(EmbeddingModel model, ObservationRegistry registry) {
        super(model);
        this.registry = registry;
    }

    @Override
    public Mono<Embeddings> embed(List<String> texts) {
        Mono<Embeddings> vectors = model.embed(texts); // here, for what can't be sent is refused at the call
        return Mono.deferContextual(caller -> {
            ObservedCall<EmbeddingObservationContext> call = new ObservedCall<>(
                    new EmbeddingObservationContext(model, texts, Phase.of(caller)), caller, registry);
            return vectors.doOnNext(found -> {
                        call.seen.used(found.usage());
                        call.seen.answeredBy(found.model());
                    })
                    .doOnSuccess(found -> call.answered())
                    .doOnError(call::failed)
                    .doOnCancel(call::stop)
                    .contextWrite(call::in);
        });
    }

    @Override
    public String toString() {
        return model.toString();
    }
}
