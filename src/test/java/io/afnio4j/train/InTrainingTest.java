package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Trainings of the same prompts, one at a time. */
class InTrainingTest extends Shouting {

    private static final String REFUSED =
            "The prompt is being trained already, and each subscription trains anew. Wait until"
                    + " that training has ended; whoever wants to watch one training twice shares it: publish().refCount(2).";

    private final Trainer trainer = Trainer.builder().epochs(1).build();

    @Test
    void aSecondSubscriptionDuringTheFirstIsRefusedAndAsksNothing() {
        shouter.prompt.data("Wait: {word}");
        Flux<TrainingEvent> events = fit(trainer, false);
        Disposable first = events.subscribe();
        int asked = shouter.modes.size();

        StepVerifier.create(events).expectErrorMessage(REFUSED).verify(LIMIT);
        StepVerifier.create(TrainingStep.events(Mono.never(), shouter.optimizer, BackwardOptions.DEFAULTS))
                .expectErrorMessage(REFUSED)
                .verify(LIMIT);

        assertThat(first.isDisposed()).isFalse();
        assertThat(shouter.modes).hasSize(asked);
        first.dispose();
    }

    @Test
    void afterACancelTheNextOneBegins() {
        shouter.prompt.data("Wait: {word}");
        fit(trainer, false).subscribe().dispose();
        shouter.prompt.data("Say: {word}");

        run(trainer, false);

        assertThat(shouter.prompt.text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void afterAFailureARetryBegins() {
        AtomicInteger tries = new AtomicInteger();
        shouter.before =
                () -> tries.incrementAndGet() == 1 ? Mono.error(new IllegalStateException("down")) : Mono.empty();

        List<TrainingEvent> events = now(fit(trainer, false).retry(1).collectList());

        assertThat(only(TrainingEvent.EpochFinished.class, events)).hasSize(1);
    }

    @Test
    void observersWhoShareItSeeOneTraining() {
        Flux<TrainingEvent> shared = fit(trainer, false).publish().refCount(2);

        List<Long> seen = now(Mono.zip(shared.count(), shared.count(), List::of));

        assertThat(seen.get(0)).isEqualTo(seen.get(1)).isPositive();
        assertThat(shouter.modes).hasSize(2);
    }
}
