package io.afnio4j.model.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.afnio4j.error.OptionalJar;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.EmbeddingModelDecorator;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.PaidCalls;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * Keeps the vectors of texts, so that embedding them again costs nothing. They are kept in memory, each as soon as its
 * request is answered: where one of many requests fails for good, embedding the same texts again asks only for what
 * wasn't answered before. No further request is sent then, those on their way finish, and the first failure in the
 * order of the texts is told. The usage is that of the requests which were made.
 *
 * <pre>{@code
 * EmbeddingModel model = CachingEmbeddingModel.of(EmbeddingClient.of("openai/text-embedding-3-small", options), 10_000);
 * }</pre>
 *
 * <p>Callers who want the same text at the same time both ask for it. Needs Caffeine on the class path.
 */
public final class CachingEmbeddingModel extends EmbeddingModelDecorator {

    private final Cache<String, float[]> vectors;

    private CachingEmbeddingModel(EmbeddingModel model, Cache<String, float[]> vectors) {
        super(model);
        this.vectors = vectors;
    }

    /**
     * Keeps the vectors of a model.
     *
     * @param model what to ask
     * @param most of how many texts the vectors are held at most; one of 1,536 numbers takes 6 KB
     * @return the model with an empty cache; closing it closes the model
     * @throws IllegalStateException where {@code com.github.ben-manes.caffeine:caffeine} isn't on the class path
     */
    public static CachingEmbeddingModel of(EmbeddingModel model, long most) {
        if (most < 1) {
            throw new IllegalArgumentException("A cache must have room for at least 1 vector, not " + most + ".");
        }
        OptionalJar.CAFFEINE.require();
        return new CachingEmbeddingModel(
                model, Caffeine.newBuilder().maximumSize(most).build());
    }

    @Override
    public Mono<Embeddings> embed(List<String> texts) {
        List<String> wanted = requests(texts).stream()
                .flatMap(List::stream)
                .toList(); // here, for what can't be sent is refused at the call
        return Mono.defer(() -> {
            // Of its own, for what is kept may have to give way before all is there.
            Map<String, float[]> known = new HashMap<>(vectors.getAllPresent(Set.copyOf(wanted)));
            List<String> missing = wanted.stream()
                    .filter(text -> !known.containsKey(text))
                    .distinct()
                    .toList();
            List<Mono<Embeddings>> calls =
                    model.requests(missing).stream().map(this::one).toList();
            return PaidCalls.together(calls, model.requestsAtOnce()).map(parts -> {
                Embeddings fresh = Embeddings.joined(parts, name());
                for (int i = 0; i < missing.size(); i++) {
                    known.put(missing.get(i), fresh.vectors().get(i));
                }
                return new Embeddings(wanted.stream().map(known::get).toList(), fresh.usage(), fresh.model());
            });
        });
    }

    private Mono<Embeddings> one(List<String> request) {
        return Mono.defer(() -> model.embed(request)).doOnNext(answer -> keep(request, answer));
    }

    private void keep(List<String> texts, Embeddings answer) {
        for (int i = 0; i < texts.size(); i++) {
            vectors.put(texts.get(i), answer.vectors().get(i));
        }
    }

    @Override
    public String toString() {
        return "CachingEmbeddingModel[" + name() + "]";
    }
}
