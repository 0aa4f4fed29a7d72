package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.EmbeddingModel;
import java.util.List;

/** What is known of one call for embeddings, which may come to several requests. */
public final class EmbeddingObservationContext extends CallObservationContext<List<String>> {

    private final EmbeddingModel model;
    private final List<String> texts;

    EmbeddingObservationContext(EmbeddingModel model, List<String> texts, Phase phase) {
        super("embeddings", model.name(), model.address(), texts, phase);
        this.model = model;
        this.texts = texts;
    }

    public EmbeddingModel model() {
        return model;
    }

    public List<String> texts() {
        return texts;
    }
}
