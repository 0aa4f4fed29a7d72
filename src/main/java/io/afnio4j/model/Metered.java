package io.afnio4j.model;

import org.jspecify.annotations.Nullable;

/** A model that counts what it uses. */
public interface Metered {

    /**
     * What was used so far, by phase.
     *
     * @return the meter, which goes on counting
     */
    UsageMeter usage();

    /**
     * The meter of a model, or of the one that it stands before.
     *
     * @param model any model
     * @return its meter, null where none counts
     */
    static @Nullable UsageMeter of(ChatModel model) {
        ChatModel beneath = model;
        while (!(beneath instanceof Metered) && beneath instanceof ChatModelDecorator decorator) {
            beneath = decorator.model;
        }
        return beneath instanceof Metered metered ? metered.usage() : null;
    }
}
