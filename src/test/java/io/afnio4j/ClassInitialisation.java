package io.afnio4j;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Wording, prices and other tables are resources of the jar that a class reads once, as it is initialised. That is the same read, of the same file, as loading the
 * class, which BlockHound allows; without this, whichever test comes first would decide whether it is seen.
 */
public final class ClassInitialisation implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        var unused = builder.allowBlockingCallsInside("io.afnio4j.prompt.Wording", "<clinit>")
                .allowBlockingCallsInside("io.afnio4j.model.Prices", "<clinit>")
                .allowBlockingCallsInside("io.afnio4j.model.ContextWindow", "<clinit>")
                .allowBlockingCallsInside("io.afnio4j.model.RoughTokens", "<clinit>");
    }
}
