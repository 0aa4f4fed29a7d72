package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** A pass does nothing before it is subscribed and leaves nothing behind when it is cancelled. */
class EngineCancelTest {

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b", true);

    @Test
    void nothingHappensBeforeTheSubscription() {
        Probe probe = Probe.passing("f");
        Mono<Void> pass = probe.apply(a).backward();

        assertThat(pass).isNotNull();
        assertThat(probe.visits).hasValue(0);
        assertThat(a.grad()).isEmpty();
    }

    @Test
    void cancelsAllThatIsInFlightAndChangesNothing() {
        TestPublisher<Void> first = TestPublisher.create();
        TestPublisher<Void> second = TestPublisher.create();
        Probe next = Probe.passing("next");
        Variable root = Probe.passing("r")
                .apply(
                        Probe.waiting("f", first.mono()).apply(next.apply(a)),
                        Probe.waiting("g", second.mono()).apply(b),
                        b);
        StepVerifier.create(root.backward(feedback("G")))
                .then(() -> first.assertSubscribers(1))
                .then(() -> second.assertSubscribers(1))
                .thenCancel()
                .verify(Passes.LIMIT);

        first.assertCancelled();
        second.assertCancelled();
        assertThat(next.visits).hasValue(0);
        assertThat(a.grad()).isEmpty();
        assertThat(b.grad()).isEmpty();
    }

    @Test
    void anAnswerThatComesTooLateStartsNothing() {
        TestPublisher<Void> late = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        Probe next = Probe.passing("next");
        Disposable pass =
                Probe.waiting("f", late.mono()).apply(next.apply(a)).backward().subscribe();
        pass.dispose();
        late.complete();

        assertThat(next.visits).hasValue(0);
        assertThat(a.grad()).isEmpty();
    }

    @Test
    void aNodeThatCancelsThePassIsTheLastOne() {
        Disposable.Swap pass = Disposables.swap();
        AtomicInteger asked = new AtomicInteger();
        Sinks.Empty<Void> go = Sinks.empty();
        Probe next = Probe.of("next", (context, gradients) -> {
            asked.incrementAndGet();
            return Mono.never();
        });
        Probe cancelling = Probe.of("f", (context, gradients) -> {
            pass.dispose();
            return Mono.just(Probe.toAll(context, gradients));
        });
        Variable root = Probe.waiting("r", go.asMono()).apply(cancelling.apply(next.apply(a)));
        pass.update(root.backward().subscribe());
        go.tryEmitEmpty().orThrow();

        assertThat(cancelling.visits).hasValue(1);
        assertThat(asked).hasValue(0);
    }

    @Test
    void eventsThatAreCancelledByTheirFirstOneStartNoNode() {
        Probe probe = Probe.waiting("f", Mono.never());
        StepVerifier.create(Engine.backwardEvents(probe.apply(a), BackwardOptions.DEFAULTS)
                        .take(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(Passes.LIMIT);

        assertThat(probe.visits).hasValue(0);
    }

    @Test
    void cancellingTheEventsCancelsThePass() {
        TestPublisher<Void> call = TestPublisher.create();
        Variable root = Probe.waiting("f", call.mono()).apply(a);
        StepVerifier.create(Engine.backwardEvents(root, BackwardOptions.DEFAULTS))
                .expectNextCount(2)
                .thenCancel()
                .verify(Passes.LIMIT);

        call.assertCancelled();
        assertThat(a.grad()).isEmpty();
    }

    @Test
    void aCancelledPassCanBeRunAgain() {
        Sinks.Empty<Void> signal = Sinks.empty();
        Mono<Void> pass = Probe.waiting("f", signal.asMono()).apply(a).backward(feedback("G"));
        StepVerifier.create(pass)
                .then(() -> assertThat(signal.currentSubscriberCount()).isOne())
                .thenCancel()
                .verify(Passes.LIMIT);
        StepVerifier.create(pass)
                .then(() -> signal.tryEmitEmpty().orThrow())
                .expectComplete()
                .verify(Passes.LIMIT);

        assertThat(a.grad()).hasSize(1);
    }
}
