package io.afnio4j.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Waits on the test's own thread, never for long. */
public final class Await {

    private Await() {}

    @CanIgnoreReturnValue
    public static <T> T now(Mono<T> mono) {
        return mono.block(Duration.ofSeconds(10));
    }
}
