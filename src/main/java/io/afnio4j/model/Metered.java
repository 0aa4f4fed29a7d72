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
        Metered metered = ChatModelDecorator.find(model, Metered.class);
        return metered == null ? null : metered.usage();
    }
}
