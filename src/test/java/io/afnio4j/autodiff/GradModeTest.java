package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.testing.Contract;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@SuppressWarnings("try") // scopes are closed, not read
class GradModeTest {

    private final Variable x = new Variable("x", "input", true);

    @AfterEach
    void everyTestLeavesItOn() {
        assertThat(GradMode.isEnabled()).isTrue();
    }

    @Test
    @Contract({"is_grad_enabled", "set_grad_enabled"})
    void isOnByDefault() {
        assertThat(GradMode.isEnabled()).isTrue();
        assertThat(x.plus(x).requiresGrad()).isTrue();
    }

    @Test
    @Contract({"no_grad", "is_grad_enabled"})
    void aBlockSwitchesItOffAndItsEndOn() {
        try (var off = GradMode.noGrad()) {
            assertThat(GradMode.isEnabled()).isFalse();
            assertThat(x.plus(x).requiresGrad()).isFalse();
            assertThat(x.plus(x).gradFn()).isNull();
        }

        assertThat(x.plus(x).requiresGrad()).isTrue();
    }

    @Test
    @Contract({"no_grad", "set_grad_enabled"})
    void blocksNest() {
        try (var off = GradMode.noGrad()) {
            try (var on = GradMode.setGradEnabled(true)) {
                assertThat(x.plus(x).requiresGrad()).isTrue();
            }
            assertThat(x.plus(x).requiresGrad()).isFalse();
        }
    }

    @Test
    @Contract("set_grad_enabled")
    void withoutABlockAModeHoldsUntilTheNextOne() {
        GradMode.Scope first = GradMode.setGradEnabled(false);
        assertThat(x.plus(x).requiresGrad()).isFalse();
        GradMode.setGradEnabled(true);
        assertThat(x.plus(x).requiresGrad()).isTrue();
        first.close();
    }

    @Test
    void anExceptionEndsTheBlockToo() {
        try (var off = GradMode.noGrad()) {
            throw new IllegalStateException("out");
        } catch (IllegalStateException out) {
            assertThat(GradMode.isEnabled()).isTrue();
        }
    }

    @Test
    @Contract("no_grad: decorator")
    void aSupplierRunsUnwatched() {
        assertThat(GradMode.noGrad(() -> x.plus(x)).requiresGrad()).isFalse();
    }

    @Test
    @Contract("no_grad: thread local")
    void aBlockHoldsForItsThreadOnly() throws InterruptedException {
        AtomicBoolean elsewhere = new AtomicBoolean();
        try (var off = GradMode.noGrad()) {
            Thread other = new Thread(() -> elsewhere.set(GradMode.isEnabled()));
            other.start();
            other.join();
        }

        assertThat(elsewhere).isTrue();
    }

    @Test
    @Contract("no_grad: pipelines")
    void theOperatorHoldsForTheSubscriptionWhereverItRuns() {
        Mono<Variable> forward = Mono.defer(() -> new Later().apply(x)).subscribeOn(Schedulers.parallel());

        expectWatched(GradMode.noGrad(forward), false);
        expectWatched(GradMode.noGrad(Flux.from(forward)).next(), false);
        expectWatched(forward, true);
    }

    @Test
    @Contract("no_grad: pipelines")
    void whatWasMadeInsideABlockStaysUnwatchedWhereverItIsSubscribed() {
        Mono<Variable> made;
        try (var off = GradMode.noGrad()) {
            made = new Later().apply(x);
        }

        expectWatched(made, false);
        expectWatched(made.subscribeOn(Schedulers.parallel()), false);
    }

    @Test
    void aReactiveFunctionIsWatchedAndEachSubscriptionHasANodeOfItsOwn() {
        Mono<Variable> made = new Later().apply(x);

        StepVerifier.create(Mono.zip(made, made))
                .assertNext(pair -> {
                    assertThat(pair.getT1()).isNotSameAs(pair.getT2());
                    assertThat(pair.getT1().gradFn())
                            .isNotNull()
                            .isNotSameAs(pair.getT2().gradFn());
                    assertThat(pair.getT1().gradFn()).hasToString("<LaterBackward0>");
                })
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Test
    @Contract("no_grad: factory functions")
    void variablesThatAUserMakesKeepTheirFlag() {
        try (var off = GradMode.noGrad()) {
            assertThat(new Parameter("x", "prompt").requiresGrad()).isTrue();
            assertThat(new Variable("x", "input", true).requiresGrad()).isTrue();
        }
    }

    @Test
    void whatANodeComputesOnItsWayBackIsNotWatched() {
        AtomicBoolean watched = new AtomicBoolean(true);
        Probe probe = Probe.of(
                "f",
                (context, gradients) -> new Later()
                        .apply(x)
                        .subscribeOn(Schedulers.parallel())
                        .doOnNext(made -> watched.set(made.requiresGrad()))
                        .thenReturn(Probe.toAll(context, gradients)));
        Passes.run(probe.apply(x).backward());

        assertThat(watched).isFalse();
    }

    private static void expectWatched(Mono<Variable> made, boolean watched) {
        StepVerifier.create(made)
                .assertNext(variable -> assertThat(variable.requiresGrad()).isEqualTo(watched))
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    private static final class Later extends ReactiveFunction {

        @Override
        protected Mono<List<Variable>> forward(FunctionContext context, List<Variable> inputs) {
            return Mono.fromSupplier(() -> List.of(new Variable("later", "later")));
        }

        @Override
        @SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
        protected Mono<List<Variable>> backward(FunctionContext context, List<Variable> gradients) {
            return Mono.just(gradients);
        }
    }
}
