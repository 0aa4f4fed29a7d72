package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.error.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

/** A pass that may ask only so much at once. */
class CallGateTest {

    private final Variable a = new Variable("a", "a", true);
    private final AtomicInteger onTheirWay = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    @Test
    void neverHasMoreCallsOnTheirWayThanAllowed() {
        Variable root = Probe.passing("r")
                .applyAll(IntStream.range(0, 20)
                        .mapToObj(i -> asking("f" + i, 1).apply(a))
                        .toList())
                .get(0);
        verifyTakes(Duration.ofSeconds(7), root.backward(limited(3)));

        assertThat(most).hasValue(3);
        assertThat(onTheirWay).hasValue(0);
        assertThat(a.grad()).hasSize(20);
    }

    @Test
    void letsTheLongestChainGoFirstAndEqualsInGraphOrder() {
        Variable chain = asking("chain-3", 1)
                .apply(asking("chain-2", 1).apply(asking("chain-1", 1).apply(a)));
        Variable root = Probe.passing("r")
                .apply(
                        asking("short-1", 1).apply(a),
                        asking("short-2", 1).apply(a),
                        chain,
                        asking("short-3", 1).apply(a));
        verifyTakes(Duration.ofSeconds(6), root.backward(limited(1)));

        assertThat(asked).containsExactly("chain-3", "chain-2", "short-1", "short-2", "chain-1", "short-3");
    }

    @Test
    void theLongestChainIsAskedFirstAlsoWhereTheClientIsWhatLimits() {
        Variable chain = asking("chain-2", 1).apply(asking("chain-1", 1).apply(a));
        Variable hidden = Probe.passing("cheap").apply(chain);
        Variable root = Probe.passing("r").apply(asking("short", 1).apply(a), hidden);
        verifyTakes(Duration.ofSeconds(2), root.backward());

        assertThat(asked).containsExactly("chain-2", "short", "chain-1");
    }

    @Test
    void cancellingAPassLetsNobodyIntoThePlacesThatBecomeFree() {
        List<Variable> parts = IntStream.range(0, 100)
                .mapToObj(i -> asking("f" + i, 1).apply(a))
                .toList();
        Mono<Void> pass = Probe.passing("r").applyAll(parts).get(0).backward(limited(3));
        StepVerifier.withVirtualTime(() -> pass)
                .thenAwait(Duration.ofMillis(500))
                .thenCancel()
                .verify(Passes.LIMIT);

        assertThat(asked).hasSize(3);
        assertThat(onTheirWay).hasValue(0);
    }

    @Test
    void manyCallsThatAnswerAtOnceAreALoop() {
        List<Variable> parts = IntStream.range(0, 50_000)
                .mapToObj(i -> instant("f" + i).apply(a))
                .toList();
        run(Probe.passing("r").applyAll(parts).get(0).backward(limited(2)));

        assertThat(asked).hasSize(50_000);
    }

    @Test
    void aCallThatIsCancelledBeforeItQueuesTakesNoPlace() {
        CallGate gate = new CallGate(1);
        Context context = gate.in(
                Context.empty(), 0, Objects.requireNonNull(GradientEdge.of(a).node()));
        gate.through(Mono.just("cancelled"), context).subscribe(new BaseSubscriber<String>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.cancel();
            }
        });

        StepVerifier.create(gate.through(Mono.just("next"), context))
                .expectNext("next")
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Test
    void tellsWhoHasToWaitAndWhoIsLetThrough() {
        Variable f = asking("f", 1).apply(a);
        Variable g = asking("g", 1).apply(a);
        List<BackwardEvent> heard = new ArrayList<>();
        verifyTakes(
                Duration.ofSeconds(2),
                Probe.passing("r").apply(f, g).backward(limited(1).listener(heard::add)));

        Node first = Objects.requireNonNull(f.gradFn());
        Node second = Objects.requireNonNull(g.gradFn());
        assertThat(heard)
                .filteredOn(event -> event instanceof BackwardEvent.Queued || event instanceof BackwardEvent.Admitted)
                .containsExactly(
                        new BackwardEvent.Admitted(first),
                        new BackwardEvent.Queued(second),
                        new BackwardEvent.Admitted(second));
    }

    @Test
    void aPassWithoutALimitTellsOfNoPlaces() {
        List<BackwardEvent> heard = new ArrayList<>();
        run(Probe.passing("r").apply(instant("f").apply(a)).backward(BackwardOptions.DEFAULTS.listener(heard::add)));

        assertThat(heard).isNotEmpty().noneMatch(BackwardEvent.Admitted.class::isInstance);
    }

    @Test
    void cancellingThePassStartsNoneOfThoseThatWait() {
        Variable root = Probe.passing("r")
                .apply(
                        asking("f", 1).apply(a),
                        asking("g", 1).apply(a),
                        asking("h", 1).apply(a));
        StepVerifier.withVirtualTime(() -> root.backward(limited(1)))
                .thenAwait(Duration.ofMillis(1500))
                .thenCancel()
                .verify(Passes.LIMIT);

        assertThat(asked).hasSize(2);
        assertThat(onTheirWay).hasValue(0);
    }

    @Test
    void aFailureSendsNoneOfThoseThatWait() {
        Probe broken = probe("broken", lostAfterASecond()).modelCalls(1);
        Variable root = Probe.passing("r").apply(broken.apply(a), asking("f", 1).apply(a));

        StepVerifier.withVirtualTime(() -> root.backward(limited(1)))
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(failed -> assertThat(failed)
                        .isInstanceOfSatisfying(
                                BackwardException.class,
                                told -> assertThat(told.failures()).hasSize(1)))
                .verify(Passes.LIMIT);
        assertThat(asked).containsExactly("broken");
    }

    @Test
    void aFailureThatCancelsTheOthersIsToldAndNotThatTheyWereCalledOff() {
        Probe three = three(lostAfterASecond());
        Variable root = Probe.passing("r").apply(three.apply(a), three.apply(a));
        Mono<Void> pass = root.backward(limited(2).onFailure(FailurePolicy.CANCEL_STARTED));

        StepVerifier.withVirtualTime(() -> pass)
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(failed -> assertThat(failed).hasMessageContaining("(lost)"))
                .verifyThenAssertThat(Passes.LIMIT)
                .hasNotDroppedErrors();
    }

    @Test
    void cancellingAPassLeavesNoErrorsOfThoseThatWaited() {
        Mono<Void> pass = three(Mono.never()).apply(a).backward(limited(2));

        StepVerifier.withVirtualTime(() -> pass)
                .thenAwait(Duration.ofSeconds(1))
                .thenCancel()
                .verifyThenAssertThat(Passes.LIMIT)
                .hasNotDroppedErrors();
    }

    @Test
    void whatACallAsksItselfGoesInItsPlace() {
        Probe nested = Probe.of(
                "nested",
                (context, gradients) -> context.once(
                        "outer",
                        context.once("inner", Mono.just("asked"))
                                .doOnNext(asked::add)
                                .thenReturn(Probe.toAll(context, gradients))));
        run(Probe.passing("r").apply(nested.apply(a), instant("f").apply(a)).backward(limited(1)));

        assertThat(asked).containsExactly("asked", "f");
    }

    @Test
    void refusesALimitBelowOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limited(0))
                .withMessage("maxConcurrency must be at least 1, not 0.");
    }

    private static void verifyTakes(Duration time, Mono<Void> pass) {
        StepVerifier.withVirtualTime(() -> pass)
                .expectSubscription()
                .expectNoEvent(time.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    private static BackwardOptions limited(int calls) {
        return BackwardOptions.DEFAULTS.maxConcurrency(calls);
    }

    private Probe asking(String name, int modelCalls) {
        return probe(name, Mono.defer(() -> Mono.delay(Duration.ofSeconds(1))).then())
                .modelCalls(modelCalls);
    }

    /** A node of three calls, of which one ends as told. */
    private static Probe three(Mono<Void> second) {
        return Probe.of(
                "three",
                (context, gradients) -> Together.asTheRuleSays(List.of(
                                context.once("first", Mono.never()),
                                context.once("second", second.thenReturn("")),
                                context.once("third", Mono.never())))
                        .map(all -> Probe.toAll(context, gradients)));
    }

    private static Mono<Void> lostAfterASecond() {
        return Mono.defer(() -> Mono.delay(Duration.ofSeconds(1))).then(Mono.error(new IllegalStateException("lost")));
    }

    private Probe instant(String name) {
        return probe(name, Mono.empty());
    }

    private Probe probe(String name, Mono<Void> call) {
        return Probe.of(
                name,
                (context, gradients) -> context.once(
                        name,
                        Mono.defer(() -> {
                                    asked.add(name);
                                    most.accumulateAndGet(onTheirWay.incrementAndGet(), Math::max);
                                    return call.thenReturn(Probe.toAll(context, gradients));
                                })
                                .doOnTerminate(onTheirWay::decrementAndGet)
                                .doOnCancel(onTheirWay::decrementAndGet)));
    }
}
