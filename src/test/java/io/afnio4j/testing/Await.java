package io.afnio4j.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Target;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Waits on the test's own thread, never for long. */
public final class Await {

    private Await() {}

    @CanIgnoreReturnValue
    public static <T> T now(Mono<T> mono) {
        return mono.block(Duration.ofSeconds(10));
    }

    /** Read by the check for dropped results: waiting for the end is a use. */
    @Target(ElementType.METHOD)
    private @interface CanIgnoreReturnValue {}
}
