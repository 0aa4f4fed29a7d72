package io.afnio4j.testing;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ModelProvider;
import io.afnio4j.model.script.ScriptedChatModel;

/** A provider as a user writes one; the tests' own service file names it. */
public final class OwnProvider implements ModelProvider {

    @Override
    public String name() {
        return "own";
    }

    @Override
    public ChatModel create(String model, ClientOptions options) {
        return ScriptedChatModel.builder()
                .name("own/" + model)
                .by(request -> "from " + model)
                .build();
    }
}
