package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/**
 * On any graph of the library's functions, every leaf gets the same gradients in the same order, however the calls
 * among them answer.
 */
class PureGraphLawTest {

    @Property
    void callsThatAnswerAtOnce(@ForAll long seed) {
        PureGraph graph = new PureGraph(seed, Mono::empty);

        StepVerifier.create(graph.pass(BackwardOptions.DEFAULTS))
                .expectComplete()
                .verify(Passes.LIMIT);
        assertThat(graph.grads()).isEqualTo(graph.reference());
    }

    @Property
    void callsThatAnswerInAnyOrder(@ForAll long seed, @ForAll long delays) {
        checkOverTime(seed, someTime(delays), BackwardOptions.DEFAULTS);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void callsOfWhichFewMayBeMadeAtOnce(
            @ForAll long seed, @ForAll long delays, @ForAll @IntRange(min = 1, max = 3) int atOnce) {
        checkOverTime(seed, someTime(delays), BackwardOptions.DEFAULTS.maxConcurrency(atOnce));
    }

    @Property
    void callsOnManyThreads(@ForAll long seed) {
        PureGraph graph = new PureGraph(seed, () -> Mono.empty().publishOn(Schedulers.parallel()));

        StepVerifier.create(graph.pass(BackwardOptions.DEFAULTS))
                .expectComplete()
                .verify(Passes.LIMIT);
        assertThat(graph.grads()).isEqualTo(graph.reference());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aPassThatIsCancelledInTheMiddleAndRunAgain(
            @ForAll long seed,
            @ForAll long delays,
            @ForAll @IntRange(min = 0, max = 12) int cutAfter,
            @ForAll @IntRange(min = 1, max = 4) int atOnce) {
        BackwardOptions limited = BackwardOptions.DEFAULTS.maxConcurrency(atOnce);
        PureGraph[] drawn = new PureGraph[1];
        StepVerifier.withVirtualTime(() -> {
                    PureGraph graph = new PureGraph(seed, someTime(delays));
                    drawn[0] = graph;
                    return graph.pass(limited.retainGraph(true))
                            .thenReturn(true)
                            .takeUntilOther(Mono.delay(Duration.ofMillis(cutAfter)))
                            .defaultIfEmpty(false)
                            .doOnNext(through -> {
                                if (!through) {
                                    assertThat(graph.grads()).allMatch(List::isEmpty);
                                }
                                graph.clear();
                            })
                            .then(graph.pass(limited));
                })
                .thenAwait(Duration.ofMinutes(1))
                .expectComplete()
                .verify(Passes.LIMIT);
        assertThat(drawn[0].grads()).isEqualTo(drawn[0].reference());
    }

    @Property
    void aPassThatCreatesAGraph(@ForAll long seed, @ForAll long delays) {
        checkOverTime(seed, someTime(delays), BackwardOptions.DEFAULTS.createGraph(true));
    }

    private static void checkOverTime(long seed, Supplier<Mono<?>> signal, BackwardOptions options) {
        PureGraph[] drawn = new PureGraph[1];
        StepVerifier.withVirtualTime(() -> {
                    drawn[0] = new PureGraph(seed, signal);
                    return drawn[0].pass(options);
                })
                .thenAwait(Duration.ofMinutes(1))
                .expectComplete()
                .verify(Passes.LIMIT);
        assertThat(drawn[0].grads()).isEqualTo(drawn[0].reference());
    }

    private static Supplier<Mono<?>> someTime(long seed) {
        Random random = new Random(seed);
        return () -> {
            int millis = random.nextInt(5);
            return millis == 0 ? Mono.empty() : Mono.defer(() -> Mono.delay(Duration.ofMillis(millis)));
        };
    }
}
