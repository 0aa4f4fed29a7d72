package io.afnio4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.testing.Await;
import io.afnio4j.testing.FakeModel;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Trainings in which feedback to a word fails for good. */
class PartlyFailedStepsTest extends Shouting {

    private Flux<TrainingEvent> fit(FailurePolicy policy, String words) {
        FakeModel critic =
                FakeModel.reacting(request -> FakeModel.lastText(request).matches("(?s).*Say: [" + words + "]\\b.*")
                        ? Mono.error(new RejectedRequestException("refused"))
                        : Mono.just("Tell it to shout."));
        return Trainer.builder()
                .epochs(1)
                .backward(BackwardOptions.DEFAULTS.onFailure(policy))
                .build()
                .fit(shouter, this.words)
                .contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in);
    }

    @Test
    void learnFromTheRestWhereThatIsWanted() {
        List<TrainingEvent> events =
                Await.now(fit(FailurePolicy.COMMIT_PARTLY, "a").collectList());

        assertThat(only(TrainingEvent.Backward.class, events))
                .filteredOn(told -> told.event() instanceof BackwardEvent.PassFailed)
                .hasSize(1);
        assertThat(only(TrainingEvent.StepFinished.class, events)).hasSize(2);
        assertThat(shouter.prompt.text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void endWhereNothingIsLeftToLearnFrom() {
        StepVerifier.create(fit(FailurePolicy.COMMIT_PARTLY, "ab").thenMany(Mono.empty()))
                .expectError(BackwardException.class)
                .verify(LIMIT);

        assertThat(shouter.prompt.text()).isEqualTo("Say: {word}");
    }

    @Test
    void endWhereItIsNotWanted() {
        StepVerifier.create(fit(FailurePolicy.RUN_ALL, "a").thenMany(Mono.empty()))
                .expectError(BackwardException.class)
                .verify(LIMIT);
    }
}
