package io.afnio4j.file;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class FileWorkTest {

    @Test
    void isDoneInVirtualTimeAsLongAsATestHasItAndOnThreadsThatMayBlockAfterwards() {
        StepVerifier.withVirtualTime(
                        () -> FileWork.find(() -> Thread.currentThread().getName()))
                .expectNext(Thread.currentThread().getName())
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(now(FileWork.find(() -> Thread.currentThread().getName()))).startsWith("boundedElastic");
    }
}
