package io.afnio4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The nets that the other tests rely on are really there. */
class SafetyNetTest {

    @Test
    void aBlockingCallOnAParallelThreadIsCaught() {
        Mono<Void> blocking =
                Mono.<Void>fromRunnable(SafetyNetTest::waitForNothing).subscribeOn(Schedulers.parallel());

        StepVerifier.create(blocking)
                .expectErrorSatisfies(caught -> assertThat(caught).isInstanceOf(BlockingOperationError.class))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void everyStepVerifierHasALimit() {
        assertThat(TimeLimitExtension.isInstalled()).isTrue();
    }

    private static void waitForNothing() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
