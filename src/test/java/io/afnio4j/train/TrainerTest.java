package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.optim.TGD;
import io.afnio4j.serial.HfFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What a training does and tells. */
class TrainerTest extends Shouting {

    @Test
    void learnsFromFeedback() {
        List<TrainingEvent> events = run(Trainer.builder().epochs(2).build(), false);

        assertThat(shouter.prompt.text()).isEqualTo("SHOUT: {word}");
        assertThat(only(TrainingEvent.Judged.class, events))
                .extracting(judged -> judged.metrics().mean("accuracy"))
                .containsExactly(0.0, 1.0, 1.0, 1.0);
        assertThat(only(TrainingEvent.Accepted.class, events)).hasSize(1);
        assertThat(only(TrainingEvent.EpochFinished.class, events)).hasSize(2);
        assertThat(events.get(0)).isEqualTo(new TrainingEvent.Started(4));
    }

    @Test
    void gradientsAreClearedBeforeEachBatch() {
        run(Trainer.builder().epochs(2).build(), false);

        assertThat(shouter.prompt.grad()).as("the last batches were right").isEmpty();
    }

    @Test
    void metricsOfASmallerLastBatchCountForWhatTheyAre() {
        shouter.prompt.data("SHOUT: {word}");
        DataLoader<List<String>> mixed = DataLoader.of(Dataset.of(List.of("A", "B", "c")), 2, batch -> batch);
        shouter.prompt.data("Say: {word}");

        Metrics metrics = now(Trainer.builder().build().validate(shouter, mixed));

        assertThat(metrics.samples()).isEqualTo(3);
        assertThat(metrics.mean("accuracy")).isEqualTo(2.0 / 3);
    }

    @Test
    void theEventsTellOfCallsInEveryPhaseOfAStepAndOptionsOfTheWayBackAreUsed() {
        List<BackwardEvent> heard = new ArrayList<>();
        List<TrainingEvent> events = run(
                Trainer.builder()
                        .epochs(1)
                        .backward(BackwardOptions.DEFAULTS.listener(heard::add))
                        .build(),
                false);

        assertThat(only(TrainingEvent.Calling.class, events))
                .filteredOn(calling -> calling.step() == 1)
                .extracting(calling -> calling.event().call().phase())
                .containsOnly(Phase.FORWARD, Phase.OPTIMIZER);
        assertThat(only(TrainingEvent.StepFinished.class, events))
                .first()
                .isEqualTo(new TrainingEvent.StepFinished(1, new Metrics(2, Map.of("accuracy", 0.0))));
        assertThat(heard).filteredOn(BackwardEvent.Finished.class::isInstance).isNotEmpty();
    }

    @Test
    void whateverFollowsAValidationIsInTrainingModeAgain() {
        List<Boolean> after = new ArrayList<>();

        var unused = now(Trainer.builder()
                .build()
                .validate(shouter, words)
                .doOnNext(metrics -> after.add(shouter.isTraining())));

        assertThat(after).containsExactly(true);
        assertThat(shouter.modes).containsOnly(false);
    }

    @Test
    void validationRunsInEvalModeAndWithoutGrad() {
        now(Trainer.builder().build().validate(shouter, words));

        assertThat(shouter.modes).containsOnly(false);
        assertThat(shouter.isTraining()).isTrue();
    }

    @Test
    void twoSplitsThatAreJudgedAtTheSameTimeAreBothJudgedInEvalMode() {
        Trainer trainer = Trainer.builder().build();
        Sinks.Empty<Void> answers = Sinks.empty();
        shouter.before = answers::asMono;

        StepVerifier.create(Mono.zip(trainer.validate(shouter, words), trainer.test(shouter, words)))
                .then(() -> answers.tryEmitEmpty().orThrow())
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(shouter.modes).hasSize(4).containsOnly(false);
        assertThat(shouter.isTraining()).isTrue();
    }

    @Test
    void aLoaderWithoutBatchesIsRefused() {
        Trainer trainer = Trainer.builder().build();
        DataLoader<List<String>> tooFew =
                DataLoader.of(Dataset.of(List.of("a", "b")), 3, batch -> batch).dropLast();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> trainer.fit(shouter, tooFew))
                .withMessage("There is nothing to learn from: an epoch has no batches. Is the data set empty, or does"
                        + " dropLast leave out its only batch?");
    }

    @Test
    void whatWasKeptIsSavedAtOnce(@TempDir Path directory) {
        Path file = directory.resolve("agent.hf");

        run(Trainer.builder().epochs(1).saveTo(file).build(), false);

        assertThat(Files.exists(file)).isTrue();
        Map<?, ?> state = (Map<?, ?>) now(HfFormat.standard().load(file));
        assertThat(((Variable) state.get("prompt")).text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void whereNoStepWasKeptTheStateIsSavedAtTheEnd(@TempDir Path directory) {
        Path file = directory.resolve("agent.hf");
        shouter.prompt.data("SHOUT: {word}");

        List<TrainingEvent> events =
                run(Trainer.builder().epochs(1).saveTo(file).build(), false);

        assertThat(only(TrainingEvent.Accepted.class, events)).isEmpty();
        Map<?, ?> state = (Map<?, ?>) now(HfFormat.standard().load(file));
        assertThat(((Variable) state.get("prompt")).text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void epochsWithoutEndAreTrainedUntilSomebodyCancels() {
        Trainer endless = Trainer.builder().epochs(Integer.MAX_VALUE).build();

        List<TrainingEvent> events = now(fit(endless, false)
                .takeUntil(event -> event instanceof TrainingEvent.StepFinished step && step.step() == 5)
                .collectList());

        assertThat(events.get(0)).isEqualTo(new TrainingEvent.Started(Integer.MAX_VALUE));
        assertThat(only(TrainingEvent.EpochFinished.class, events)).hasSize(2);
    }

    @Test
    void whatAnEarlierRunHasLeftStaysWhereNoStepWasKept(@TempDir Path directory) {
        Path file = directory.resolve("agent.hf");
        shouter.prompt.data("SHOUT LOUDER: {word}");
        now(HfFormat.standard().save(shouter.stateDict(), file).thenReturn(true));
        shouter.prompt.data("SHOUT: {word}");

        run(Trainer.builder().epochs(1).saveTo(file).build(), false);

        Map<?, ?> state = (Map<?, ?>) now(HfFormat.standard().load(file));
        assertThat(((Variable) state.get("prompt")).text()).isEqualTo("SHOUT LOUDER: {word}");
    }

    @Test
    void whatNoFileWouldHoldIsNotLearntIntoFiles(@TempDir Path directory) {
        Parameter forgotten = new Parameter("Be loud.", "forgotten prompt");
        shouter.optimizer =
                TGD.builder(shouter.editor, List.of(shouter.prompt, forgotten)).build();
        Path file = directory.resolve("run.hf");

        for (Trainer.Builder trainer :
                List.of(Trainer.builder().saveTo(file), Trainer.builder().checkpointTo(file))) {
            StepVerifier.create(fit(trainer.build(), false))
                    .expectErrorMessage("The optimizer rewrites the forgotten prompt, which isn't registered in the"
                            + " module as part of its state, so files of the training would not hold it. Register it.")
                    .verify(LIMIT);
        }
        run(Trainer.builder().epochs(1).build(), false);
    }

    @Test
    void aBufferThatNoFileHoldsIsNotLearntIntoFiles(@TempDir Path directory) {
        Variable saved = shouter.registered("saved", true);
        Variable passing = shouter.registered("passing", false);
        Trainer trainer = Trainer.builder()
                .epochs(1)
                .saveTo(directory.resolve("agent.hf"))
                .build();

        shouter.optimizer =
                TGD.builder(shouter.editor, List.of(shouter.prompt, saved)).build();
        run(trainer, false);
        shouter.optimizer =
                TGD.builder(shouter.editor, List.of(shouter.prompt, passing)).build();
        StepVerifier.create(fit(trainer, false))
                .expectErrorSatisfies(error ->
                        assertThat(error).hasMessageContaining("The optimizer rewrites the passing, which isn't"))
                .verify(LIMIT);
    }
}
