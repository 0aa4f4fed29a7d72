package io.afnio4j.model.limit;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import org.jspecify.annotations.Nullable;

/** A client that says at any moment how busy it is. */
public interface Monitored {

    /**
     * How busy the client is.
     *
     * @return a snapshot, cheap to take from any thread
     */
    ClientLoad load();

    /**
     * The client that a model is, or that it stands before.
     *
     * @param model any model
     * @return what says how busy it is, null where none does
     */
    static @Nullable Monitored of(ChatModel model) {
        return ChatModelDecorator.find(model, Monitored.class);
    }
}
