package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** On any graph, the engine says what a plain sequential walk says, in the same order, whoever answers first. */
class EngineLawTest {

    @Property
    void cheapNodesGiveWhatTheReferenceGives(@ForAll long seed) {
        check(seed, new RandomGraph(seed).byEngine(random -> Mono.empty()));
    }

    @Property
    void callsThatAnswerInAnyOrderGiveWhatTheReferenceGives(@ForAll long seed) {
        List<List<String>> expected = new RandomGraph(seed).bySequence();

        StepVerifier.withVirtualTime(() -> new RandomGraph(seed).byEngine(EngineLawTest::someTime))
                .thenAwait(Duration.ofMinutes(1))
                .assertNext(grads -> assertThat(grads).isEqualTo(expected))
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Property
    void callsThatAnswerOnManyThreadsGiveWhatTheReferenceGives(@ForAll long seed) {
        check(
                seed,
                new RandomGraph(seed)
                        .byEngine(random -> random.nextInt(4) == 0
                                ? Mono.empty()
                                : Mono.empty().publishOn(Schedulers.parallel())));
    }

    private static void check(long seed, Mono<List<List<String>>> byEngine) {
        List<List<String>> expected = new RandomGraph(seed).bySequence();
        StepVerifier.create(byEngine)
                .assertNext(grads -> assertThat(grads).isEqualTo(expected))
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    private static Mono<?> someTime(Random random) {
        int millis = random.nextInt(5);
        return millis == 0 ? Mono.empty() : Mono.defer(() -> Mono.delay(Duration.ofMillis(millis)));
    }
}
