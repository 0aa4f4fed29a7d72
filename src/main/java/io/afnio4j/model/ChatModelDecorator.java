package io.afnio4j.model;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Stands before another model: answers for it in everything but its calls, and closes it. What is done with calls is up
 * to the classes that extend this one.
 */
public abstract class ChatModelDecorator implements ChatModel {

    /** The model behind this one. */
    protected final ChatModel model;

    protected ChatModelDecorator(ChatModel model) {
        this.model = model;
    }

    /**
     * Looks through decorators for a model that can do something more than answer.
     *
     * @param model any model
     * @param kind what it should be
     * @param <T> what it should be
     * @return the model itself or the first one behind it that is of the kind; null where none is
     */
    public static <T> @Nullable T find(ChatModel model, Class<T> kind) {
        ChatModel found = model;
        while (!kind.isInstance(found) && found instanceof ChatModelDecorator decorator) {
            found = decorator.model;
        }
        return kind.isInstance(found) ? kind.cast(found) : null;
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
    public TokenEstimator tokenEstimator() {
        return model.tokenEstimator();
    }

    @Override
    public long ownAnswerLimit() {
        return model.ownAnswerLimit();
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
    public void close() {
        model.close();
    }
}
