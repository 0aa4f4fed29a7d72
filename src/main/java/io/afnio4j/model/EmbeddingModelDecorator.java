package io.afnio4j.model;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stands before another model: has its name and its address, divides texts as it does, and closes it. What it does to calls is its children's. */
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
