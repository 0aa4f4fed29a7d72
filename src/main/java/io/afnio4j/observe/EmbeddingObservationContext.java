package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.EmbeddingModel;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of one call for embeddings, which may come to several requests. */
public final class EmbeddingObservationContext extends CallObservationContext<List<String>> {

    private final EmbeddingModel model;
    private final List<String> texts;

    EmbeddingObservationContext(EmbeddingModel model, List<String> texts, Phase phase) {
        super(texts, phase);
        this.model = model;
        this.texts = texts;
    }

    public EmbeddingModel model() {
        return model;
    }

    public List<String> texts() {
        return texts;
    }

    @Override
    String operation() {
        return "embeddings";
    }

    @Override
    String modelName() {
        return model.name();
    }

    @Override
    @Nullable InetSocketAddress address() {
        return model.address();
    }
}
