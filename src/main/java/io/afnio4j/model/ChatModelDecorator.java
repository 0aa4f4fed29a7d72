package io.afnio4j.model;

/** Stands before another model: has its name, and closes it. What it does to calls is its children's. */
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
    public void close() {
        model.close();
    }
}
