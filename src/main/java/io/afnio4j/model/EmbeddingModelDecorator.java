package io.afnio4j.model;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands before another model: answers for it in everything but its calls, and closes it. What is done with calls is up
 * to the classes that extend this one.
 */
public abstract class EmbeddingModelDecorator implements EmbeddingModel {

    /** The model behind this one. */
    protected final EmbeddingModel model;

    protected EmbeddingModelDecorator(EmbeddingModel model) {
        this.model = model;
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public @Nullable InetSocketAddress address() {
        return model.address();
    }

    @Override
    public @Nullable ThrottleScope throttleScope() {
        return model.throttleScope();
    }

    @Override
    public List<List<String>> requests(List<String> texts) {
        return model.requests(texts);
    }

    @Override
    public int requestsAtOnce() {
        return model.requestsAtOnce();
    }

    @Override
    public void close() {
        model.close();
    }
}
