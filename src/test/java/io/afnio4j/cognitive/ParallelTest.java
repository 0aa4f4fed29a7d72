package io.afnio4j.cognitive;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class ParallelTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Test
    void branchesRunAtTheSameTimeAndKeepTheirOrder() {
        StepVerifier.withVirtualTime(() -> Parallel.of(
                        Mono.just("slow").delayElement(Duration.ofSeconds(2)),
                        Mono.just("quick").delayElement(Duration.ofSeconds(1))))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(2))
                .expectNext(List.of("slow", "quick"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void namedBranchesGiveNamedResults() {
        Map<String, Mono<String>> branches = new LinkedHashMap<>();
        branches.put("second", Mono.just("b"));
        branches.put("first", Mono.just("a"));

        assertThat(now(Parallel.of(branches))).containsExactly(Map.entry("second", "b"), Map.entry("first", "a"));
    }

    @Test
    void aFailureLetsTheOtherBranchesFinish() {
        AtomicBoolean finished = new AtomicBoolean();

        StepVerifier.withVirtualTime(() -> Parallel.of(
                        Mono.delay(Duration.ofSeconds(1)).doOnNext(tick -> finished.set(true)),
                        Mono.error(new IllegalStateException("broken"))))
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorMessage("broken")
                .verify(LIMIT);
        assertThat(finished).isTrue();
    }
}
