package io.afnio4j.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Waits on the test's own thread, never for long. */
public final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(50);

    private Await() {}

    @CanIgnoreReturnValue
    public static <T> T now(Mono<T> mono) {
        return mono.block(Duration.ofSeconds(10));
    }

    /** Looks each millisecond whether something has come about, and fails where it doesn't. */
    public static void until(BooleanSupplier holds) {
        StepVerifier.create(Flux.interval(Duration.ofMillis(1))
                        .onBackpressureDrop()
                        .takeUntil(tick -> holds.getAsBoolean())
                        .then())
                .expectComplete()
                .verify(LIMIT);
    }
}
