package io.afnio4j.model.limit;

import io.afnio4j.model.ChatModel;

/** Stands before another model, has its name, and closes it. */
abstract class Decorator implements ChatModel {

    final ChatModel model;

    Decorator(ChatModel model) {
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
