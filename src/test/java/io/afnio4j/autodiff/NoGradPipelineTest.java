package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.testing.Contract;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

/** Grad mode in pipelines: what is inside of the operator, what is outside, and what takes a hook of Reactor's. */
@SuppressWarnings("try") // scopes are closed, not read
class NoGradPipelineTest {

    private final Variable x = new Variable("x", "input", true);

    @AfterEach
    void everyTestLeavesItOn() {
        assertThat(GradMode.isEnabled()).isTrue();
    }

    @Test
    @Contract("no_grad: pipelines")
    void whatRunsAtOnceInsideIsUnwatchedAndWhatFollowsIsWatched() {
        AtomicBoolean inside = new AtomicBoolean(true);
        Mono<Boolean> inner =
                Mono.fromSupplier(() -> x.plus(x)).map(Variable::requiresGrad).doOnNext(inside::set);

        expect(GradMode.noGrad(inner).map(unused -> x.plus(x).requiresGrad()), true);
        assertThat(inside).isFalse();
        expect(
                GradMode.noGrad(inner.flux())
                        .map(unused -> x.plus(x).requiresGrad())
                        .next(),
                true);
    }

    @Test
    void whatIsRequestedLaterIsUnwatchedToo() {
        Flux<Boolean> numbers =
                GradMode.noGrad(Flux.range(0, 3).map(i -> x.plus(x).requiresGrad()));

        StepVerifier.create(numbers, 0)
                .thenRequest(1)
                .expectNext(false)
                .thenRequest(2)
                .expectNext(false, false)
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Test
    void errorsCompletionAndCancellingCrossTheBorder() {
        AtomicBoolean inside = new AtomicBoolean(true);
        AtomicBoolean outside = new AtomicBoolean();
        StepVerifier.create(GradMode.noGrad(Mono.error(new IllegalStateException("lost")))
                        .doOnError(error -> outside.set(GradMode.isEnabled())))
                .expectErrorMessage("lost")
                .verify(Passes.LIMIT);
        assertThat(outside).isTrue();
        StepVerifier.create(GradMode.noGrad(Flux.empty()).doOnComplete(() -> outside.set(!GradMode.isEnabled())))
                .expectComplete()
                .verify(Passes.LIMIT);
        assertThat(outside).isFalse();
        StepVerifier.create(GradMode.noGrad(Mono.never().doOnCancel(() -> inside.set(GradMode.isEnabled())))
                        .doOnSubscribe(unused -> outside.set(GradMode.isEnabled())))
                .thenCancel()
                .verify(Passes.LIMIT);
        assertThat(inside).isFalse();
        assertThat(outside).isTrue();
    }

    @Test
    void bordersNest() {
        Mono<Boolean> inner = GradMode.noGrad(Mono.fromSupplier(() -> x.plus(x).requiresGrad()));
        Mono<Boolean> outer =
                GradMode.noGrad(inner.map(watched -> watched || x.plus(x).requiresGrad()));

        expect(outer, false);
        try (var off = GradMode.noGrad()) {
            expect(GradMode.noGrad(Mono.just(1)).map(unused -> x.plus(x).requiresGrad()), false);
        }
        expect(GradMode.noGrad(Mono.just(1)).map(unused -> x.plus(x).requiresGrad()), true);
    }

    @Test
    @Contract("no_grad: pipelines")
    void aVariableThatWasWatchedOnAnotherThreadLeavesDetached() {
        Mono<Variable> hop = Mono.just(x).publishOn(Schedulers.parallel()).map(y -> y.plus(y));

        expect(GradMode.noGrad(hop).map(Variable::requiresGrad), false);
        expect(GradMode.noGrad(hop).map(Variable::text).map("xx"::equals), true);
        expect(GradMode.noGrad(hop.flux()).next().map(Variable::requiresGrad), false);
        expect(hop.map(Variable::requiresGrad), true);
    }

    @Test
    void aVariableThatWasThereBeforePassesAsItIs() {
        Variable before = x.upper();

        expect(GradMode.noGrad(Mono.just(before)).map(after -> after == before && after.requiresGrad()), true);
        expect(GradMode.noGrad(Mono.just(x)).map(after -> after == x), true);
    }

    @Test
    void signalsFromAnotherThreadFindItsOwnMode() {
        Sinks.One<Integer> sink = Sinks.one();
        Mono<Boolean> mode = GradMode.noGrad(sink.asMono()).map(unused -> GradMode.isEnabled());
        StepVerifier.create(mode)
                .then(() -> GradMode.noGrad(() -> sink.tryEmitValue(1)).orThrow())
                .expectNext(false)
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Nested
    class Wrapped {

        @Test
        @Contract("no_grad: decorator")
        void aFunctionIsUnwatchedWhoeverCallsIt() {
            java.util.function.Function<Variable, Variable> doubler = GradMode.noGrad(y -> y.plus(y));
            BiFunction<Variable, Variable, Variable> adder = GradMode.noGrad((y, z) -> y.plus(z));

            assertThat(doubler.apply(x).requiresGrad()).isFalse();
            assertThat(doubler.apply(x).text()).isEqualTo("xx");
            assertThat(adder.apply(x, x).requiresGrad()).isFalse();
            assertThat(x.plus(x).requiresGrad()).isTrue();
        }

        @Test
        void alsoOnAnotherThread() {
            expect(
                    Mono.just(x)
                            .publishOn(Schedulers.parallel())
                            .map(GradMode.noGrad(y -> y.plus(y)))
                            .map(Variable::requiresGrad),
                    false);
        }

        @Test
        void theMonoOrFluxThatItGivesIsUnwatchedToo() {
            java.util.function.Function<Variable, Mono<Variable>> mono =
                    GradMode.noGrad(y -> Mono.defer(() -> Mono.just(y.plus(y))));

            expect(mono.apply(x).map(Variable::requiresGrad), false);
            expect(
                    GradMode.noGrad(() -> Flux.range(0, 1).map(unused -> x.plus(x)))
                            .next()
                            .map(Variable::requiresGrad),
                    false);
        }
    }

    @Nested
    class WithAutomaticContextPropagation {

        @AfterEach
        void off() {
            Hooks.disableAutomaticContextPropagation();
        }

        @Test
        @Contract("no_grad: pipelines")
        void pureFunctionsAreReachedOnEveryThread() {
            Hooks.enableAutomaticContextPropagation();
            Flux<Boolean> inside = Flux.range(0, 4)
                    .publishOn(Schedulers.parallel())
                    .map(i -> x.plus(x).requiresGrad())
                    .publishOn(Schedulers.boundedElastic())
                    .map(watched -> watched || x.upper().requiresGrad());

            expect(GradMode.noGrad(inside).any(watched -> watched), false);
            expect(inside.any(watched -> !watched), false);
            expect(GradMode.noGrad(inside).last().map(unused -> x.plus(x).requiresGrad()), true);
        }

        @Test
        void twoTenantsNeverSeeEachOthersMode() {
            Hooks.enableAutomaticContextPropagation();
            Flux<Boolean> work = Flux.range(0, 200)
                    .publishOn(Schedulers.parallel())
                    .map(i -> x.plus(x).requiresGrad());
            Mono<Boolean> anyWatched = GradMode.noGrad(work).any(watched -> watched);
            Mono<Boolean> allWatched = work.all(watched -> watched);

            StepVerifier.create(Flux.range(0, 20)
                            .flatMap(i -> Mono.zip(anyWatched, allWatched))
                            .distinct())
                    .assertNext(pair -> {
                        assertThat(pair.getT1()).isFalse();
                        assertThat(pair.getT2()).isTrue();
                    })
                    .expectComplete()
                    .verify(Passes.LIMIT);
        }
    }

    @Test
    void withoutTheHookHandleSeesTheContextNevertheless() {
        Mono<Boolean> handled = Mono.just(x)
                .publishOn(Schedulers.parallel())
                .handle((y, sink) -> sink.next(y.plus(y).requiresGrad()));

        expect(GradMode.noGrad(handled), false);
        expect(handled, true);
    }

    @Test
    void theAccessorReadsSetsAndClearsTheModeOfAThread() {
        GradModeAccessor accessor = new GradModeAccessor();
        assertThat(accessor.key()).isEqualTo(GradMode.class);
        assertThat(accessor.getValue()).isNull();
        accessor.setValue(false);
        assertThat(GradMode.isEnabled()).isFalse();
        assertThat(accessor.getValue()).isFalse();
        accessor.setValue(true);
        assertThat(accessor.getValue()).isTrue();
        accessor.setValue();
        assertThat(accessor.getValue()).isNull();
        assertThat(GradMode.isEnabled(Context.of(GradMode.class, true))).isTrue();
    }

    private static void expect(Mono<Boolean> mono, boolean expected) {
        StepVerifier.create(mono).expectNext(expected).expectComplete().verify(Passes.LIMIT);
    }
}
