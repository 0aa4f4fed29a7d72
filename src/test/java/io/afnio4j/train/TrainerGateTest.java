package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Module;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.Update;
import io.afnio4j.testing.FakeModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Steps that a gate has to let pass. Time stands still, so that observers are told of events by the thread that tells.
 */
class TrainerGateTest extends Shouting {

    @BeforeEach
    void stopTime() {
        assertThat(VirtualTimeScheduler.getOrSet()).isNotNull();
    }

    @AfterEach
    void letTimeGoOn() {
        VirtualTimeScheduler.reset();
    }

    @Test
    void theGateTakesBackWhatDoesNotHelp() {
        rewrites.add(0, "Whisper: {word}");

        List<TrainingEvent> events =
                run(Trainer.builder().epochs(1).gate("accuracy").build(), true);

        assertThat(only(TrainingEvent.Validated.class, events)).hasSize(1);
        assertThat(only(TrainingEvent.Rejected.class, events)).singleElement().satisfies(rejected -> {
            assertThat(rejected.step()).isEqualTo(1);
            assertThat(rejected.updates().get(0).after()).isEqualTo("Whisper: {word}");
        });
        assertThat(only(TrainingEvent.Accepted.class, events)).singleElement().satisfies(accepted -> {
            assertThat(accepted.step()).isEqualTo(2);
            assertThat(accepted.gain()).isEqualTo(1.0);
        });
        assertThat(shouter.prompt.text()).isEqualTo("SHOUT: {word}");
    }

    @Test
    void cancellingBeforeTheGateHasSeenTheNewValuesBringsTheOldOnesBack() {
        rewrites.set(0, "Wait: {word}"); // or the gate may have let them pass before this observer hears of them
        Trainer gated = Trainer.builder().epochs(1).gate("accuracy").build();
        StepVerifier.create(fit(gated, true).takeUntil(event -> event instanceof TrainingEvent.Rewritten))
                .thenConsumeWhile(event -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(shouter.prompt.text()).isEqualTo("Say: {word}");
    }

    @Test
    void cancellingWhileTheGateDecidesBringsTheOldValuesBack() {
        rewrites.set(0, "Wait: {word}");
        Disposable training =
                fit(Trainer.builder().epochs(1).gate("accuracy").build(), true).subscribe();
        assertThat(shouter.prompt.text()).as("the gate is judging").isEqualTo("Wait: {word}");

        training.dispose();

        assertThat(shouter.prompt.text()).isEqualTo("Say: {word}");
    }

    @Test
    void cancellingWhileTheOptimizerIsGivingNewValuesBringsTheOldOnesBack() {
        Disposable.Swap training = Disposables.swap();
        shouter.optimizer = new Told(shouter.optimizer, training::dispose);
        Sinks.Empty<Void> start = Sinks.empty();

        training.replace(start.asMono()
                .thenMany(fit(Trainer.builder().epochs(1).gate("accuracy").build(), true))
                .subscribe());
        start.tryEmitEmpty().orThrow();

        assertThat(training.isDisposed()).isTrue();
        assertThat(shouter.prompt.text()).isEqualTo("Say: {word}");
    }

    @Test
    void aGateNeedsAValidationSplit() {
        Trainer gated = Trainer.builder().gate("accuracy").build();

        assertThatThrownBy(() -> gated.fit(shouter, words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A gate needs a validation split");
    }

    @Test
    void anUnknownMetricIsNamed() {
        StepVerifier.create(fit(Trainer.builder().gate("acuracy").build(), true))
                .expectNextCount(1)
                .thenConsumeWhile(TrainingEvent.Validating.class::isInstance)
                .expectErrorMessage("No step reported a metric 'acuracy'; known are [accuracy].")
                .verify(LIMIT);
    }

    @Test
    void aGateThatMeasuresNoNumberIsRefusedBeforeTheFirstStep() {
        measured = Double.NaN;

        StepVerifier.create(fit(Trainer.builder().gate("accuracy").build(), true))
                .expectNextCount(1)
                .thenConsumeWhile(TrainingEvent.Validating.class::isInstance)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("'accuracy' is not a number (NaN) on the validation split"))
                .verify(LIMIT);
    }

    @Test
    void aGateWithoutSamplesSaysSo() {
        DataLoader<List<String>> none = DataLoader.of(Dataset.of(List.<String>of()), 2, batch -> batch);

        StepVerifier.create(Trainer.builder().gate("accuracy").build().fit(shouter, words, none))
                .expectNextCount(1)
                .thenConsumeWhile(TrainingEvent.Validating.class::isInstance)
                .expectErrorMessage(
                        "There is no metric 'accuracy', for no sample was judged. Is the split empty, or was"
                                + " every batch of it skipped?")
                .verify(LIMIT);
    }

    @Test
    void asManyRightAnswersInOtherBatchesAreNoGain() {
        List<String> rightOfTen =
                List.of("8 9", "10 10", "5 5", "4 4", "2 2", "1 0"); // in each batch, before and after
        DataLoader<List<String>> batches = DataLoader.of(Dataset.of(rightOfTen), 1, batch -> batch);
        Flux<TrainingEvent> training = Trainer.builder()
                .epochs(1)
                .gate("accuracy")
                .build()
                .fit(new Counted(shouter), words, batches)
                .contextWrite(
                        new BackwardClient(FakeModel.saying(text -> "Tell it to shout."), CompletionOptions.NONE)::in);

        List<TrainingEvent> events = now(training.collectList());

        assertThat(only(TrainingEvent.Accepted.class, events)).isEmpty();
        assertThat(only(TrainingEvent.Rejected.class, events))
                .isNotEmpty()
                .extracting(TrainingEvent.Rejected::gain)
                .containsOnly(0.0);
    }

    private record Counted(Shouter shouter) implements Trainable<List<String>> {

        @Override
        public Module module() {
            return shouter;
        }

        @Override
        public Optimizer configureOptimizers() {
            return shouter.optimizer;
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            return shouter.trainingStep(batch);
        }

        @Override
        public Mono<StepResult> validationStep(List<String> batch) {
            int place = shouter.prompt.text().startsWith("Say") ? 0 : 1;
            double right = Double.parseDouble(batch.get(0).split(" ", 2)[place]);
            return trainingStep(batch).map(result -> StepResult.of(result.evaluation(), 10, "accuracy", right / 10));
        }
    }

    /** An optimizer that tells when it has given new values. */
    private record Told(Optimizer real, Runnable given) implements Optimizer {

        @Override
        public List<Variable> parameters() {
            return real.parameters();
        }

        @Override
        public Mono<List<Update>> step() {
            return real.step().doOnNext(updates -> given.run());
        }

        @Override
        public Map<String, ChatModel> clients() {
            return real.clients();
        }

        @Override
        public Map<String, Object> stateDict() {
            return real.stateDict();
        }

        @Override
        public void loadStateDict(Map<?, ?> state, Map<String, ? extends ChatModel> clients) {
            real.loadStateDict(state, clients);
        }
    }
}
