package io.afnio4j;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * For programs that are watched by BlockHound, which finds this by itself: what may be read from the class path on any
 * thread, as classes are. Wording, prices and other tables are resources of the jar that a class reads once, as it is
 * initialised, on whichever thread comes first; and a class whose initialisation BlockHound has stopped can never be
 * used again. When a client is made, providers are looked up there, and TLS reads the certificates that this JVM
 * trusts.
 */
public final class ClassPathReads implements BlockHoundIntegration {

    @Override
    public void applyTo(BlockHound.Builder builder) {
        var unused = builder.allowBlockingCallsInside("io.afnio4j.prompt.Wording", "<clinit>")
                .allowBlockingCallsInside("io.afnio4j.model.Prices", "<clinit>")
                .allowBlockingCallsInside("io.afnio4j.model.ContextWindow", "<clinit>")
                .allowBlockingCallsInside("io.afnio4j.model.RoughTokens", "<clinit>")
                .allowBlockingCallsInside("io.afnio4j.model.ModelPath", "addProviders")
                .allowBlockingCallsInside("io.afnio4j.model.http.HttpSetup", "secured");
    }
}
