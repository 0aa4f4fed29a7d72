package io.afnio4j.model;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Stands before another model: has its name and its context window, and closes it. What it does to calls is its children's. */
public abstract class ChatModelDecorator implements ChatModel {

    /** The model behind this one. */
    protected final ChatModel model;

    protected ChatModelDecorator(ChatModel model) {
        this.model = model;
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public long contextWindow() {
        return model.contextWindow();
    }

    @Override
    public @Nullable InetSocketAddress address() {
        return model.address();
    }

    @Override
    public void close() {
        model.close();
    }
}
