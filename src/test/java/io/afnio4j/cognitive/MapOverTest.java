package io.afnio4j.cognitive;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class MapOverTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final List<Integer> started = new ArrayList<>();
    private final List<Integer> cancelled = new ArrayList<>();

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /** Takes as many milliseconds as its number says. */
    private Mono<Integer> waiting(int millis) {
        return Mono.defer(() -> {
                    started.add(millis);
                    mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
                    return Mono.just(millis).delayElement(Duration.ofMillis(millis));
                })
                .doOnTerminate(running::decrementAndGet)
                .doOnCancel(() -> cancelled.add(millis));
    }

    @Test
    void theOrderOfTheListIsKeptWhoeverIsFirst() {
        StepVerifier.withVirtualTime(() -> MapOver.of(this::waiting).over(List.of(30, 10, 20)))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(30))
                .expectNext(List.of(30, 10, 20))
                .expectComplete()
                .verify(LIMIT);
        assertThat(mostRunning).hasValue(3);
    }

    @Test
    void noMoreStepsRunAtOnceThanAllowedAndASlowOneHoldsUpNobody() {
        StepVerifier.withVirtualTime(
                        () -> MapOver.of(this::waiting).concurrency(2).over(List.of(100, 10, 20, 30, 40)))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(100)) // the slow one, and the four others one after the other beside it
                .expectNext(List.of(100, 10, 20, 30, 40))
                .expectComplete()
                .verify(LIMIT);
        assertThat(mostRunning).hasValue(2);
    }

    @Test
    void nothingStartsBeforeTheSubscriptionAndTwoRunTwice() {
        Mono<List<Integer>> twice = MapOver.of((Integer n) -> {
                    started.add(n);
                    return Mono.just(2 * n);
                })
                .over(List.of(1, 2));
        assertThat(started).isEmpty();

        assertThat(now(twice)).isEqualTo(now(twice)).isEqualTo(List.of(2, 4));
        assertThat(started).containsExactly(1, 2, 1, 2);
    }

    @Test
    void aFailureStartsNoMoreAndLetsTheOthersFinish() {
        StepVerifier.withVirtualTime(() -> tenFails().over(List.of(50, 10, 20)))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(49))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorMessage("ten")
                .verify(LIMIT);
        assertThat(cancelled).isEmpty();
        assertThat(started).containsExactly(50, 10);
    }

    private MapOver<Integer, Integer> tenFails() {
        return MapOver.of((Integer n) ->
                        n == 10 ? waiting(n).then(Mono.<Integer>error(new IllegalStateException("ten"))) : waiting(n))
                .concurrency(2);
    }

    @Test
    void whereItIsToCancelAFailureCancelsTheOthersAndStartsNoMore() {
        StepVerifier.withVirtualTime(() -> tenFails().cancelStarted().over(List.of(50, 10, 20)))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(10))
                .expectErrorMessage("ten")
                .verify(LIMIT);
        assertThat(cancelled).containsExactly(50);
        assertThat(started).containsExactly(50, 10);
    }

    @Test
    void theFirstFailureOfTheListIsToldWhicheverCameFirst() {
        tellsTheFirstFailureOfTheList(MapOver.of(this::failing));
    }

    @Test
    void delayedErrorsLetTheOthersEndAndTheFirstInTheListIsReported() {
        tellsTheFirstFailureOfTheList(MapOver.of(this::failing).delayErrors());
        assertThat(cancelled).isEmpty();
    }

    private Mono<Integer> failing(Integer millis) {
        return waiting(millis).then(Mono.error(new IllegalStateException("e" + millis)));
    }

    private static void tellsTheFirstFailureOfTheList(MapOver<Integer, Integer> map) {
        StepVerifier.withVirtualTime(() -> map.over(List.of(50, 10, 20)))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(50))
                .expectErrorSatisfies(error -> {
                    assertThat(error).hasMessage("e50");
                    assertThat(error.getSuppressed())
                            .extracting(Throwable::getMessage)
                            .containsExactly("e10", "e20");
                })
                .verify(LIMIT);
    }

    @Test
    void cancellingCancelsWhatRuns() {
        StepVerifier.withVirtualTime(
                        () -> MapOver.of(this::waiting).concurrency(2).over(List.of(50, 60, 70)))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(20))
                .thenCancel()
                .verify(LIMIT);
        assertThat(cancelled).containsExactlyInAnyOrder(50, 60);
        assertThat(started).containsExactly(50, 60);
    }

    @Test
    void aStepWithoutAResultIsAnError() {
        StepVerifier.create(MapOver.<Integer, Integer>of(n -> n == 1 ? Mono.empty() : Mono.just(n))
                        .over(numbers(3)))
                .expectErrorMessage("The step gave no result for element 1; it must give exactly one.")
                .verify(LIMIT);
    }

    @Test
    void aStepThatGivesNullForAMonoIsTheSameError() {
        StepVerifier.create(MapOver.<Integer, Integer>of(n -> n == 1 ? null : Mono.just(n))
                        .over(numbers(3)))
                .expectErrorMessage("The step gave no result for element 1; it must give exactly one.")
                .verify(LIMIT);
    }

    @Test
    void anEmptyListGivesAnEmptyList() {
        assertThat(now(MapOver.of(this::waiting).over(List.of()))).isEmpty();
    }

    @Test
    void manyElementsTakeNoStack() {
        List<Integer> many = numbers(100_000);

        assertThat(now(MapOver.<Integer, Integer>of(Mono::just).concurrency(3).over(many)))
                .isEqualTo(many);
        assertThat(now(MapOver.<Integer, Integer>of(n -> Mono.just(n).hide()).over(many)))
                .isEqualTo(many);
    }

    @Test
    void whatIsMadeInsideANoGradBlockStaysUnwatched() {
        Parameter shout = new Parameter("hey", "greeting");
        MapOver<Variable, Variable> upper = MapOver.of(text -> Mono.just(text.plus(shout)));
        Mono<List<Variable>> unwatched = GradMode.noGrad(() -> upper.over(List.of(shout)));

        assertThat(now(unwatched).get(0).requiresGrad()).isFalse();
        assertThat(now(GradMode.noGrad(upper.over(List.of(shout)))).get(0).requiresGrad())
                .isFalse();
        assertThat(now(upper.over(List.of(shout))).get(0).requiresGrad()).isTrue();
    }

    @Test
    void noStepsAtOnceAreRefused() {
        assertThatThrownBy(() -> MapOver.of(this::waiting).concurrency(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("concurrency must be at least 1, not 0.");
    }
}
