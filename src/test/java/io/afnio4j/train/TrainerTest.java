package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Module;
import io.afnio4j.context.Phase;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluation;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.optim.Update;
import io.afnio4j.serial.HfFormat;
import io.afnio4j.testing.FakeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** The program under training shouts its input only if its prompt says so. */
class TrainerTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<String> rewrites = new ArrayList<>(List.of("SHOUT: {word}"));
    private final Shouter shouter = new Shouter();
    private double measured = 1; // what a right answer counts
    private final DataLoader<List<String>> words = DataLoader.of(Dataset.of(List.of("a", "b", "c")), 2, batch -> batch);

    private final class Shouter extends Module implements Trainable<List<String>> {

        private final Parameter prompt = register("prompt", new Parameter("Say: {word}", "prompt"));
        private final FakeModel model = FakeModel.reacting(request -> said(FakeModel.lastText(request)));
        private final FakeModel editor = FakeModel.saying(text -> "<improved_value>\n"
                + (rewrites.size() > 1 ? rewrites.remove(0) : rewrites.get(0)) + "\n</improved_value>");
        private Optimizer optimizer = TGD.builder(editor, List.of(prompt)).build();
        private final List<Boolean> modes = new ArrayList<>();

        private Mono<String> said(String text) {
            if (text.startsWith("Wait")) {
                return Mono.never();
            }
            return Mono.just(text.startsWith("SHOUT") ? text.substring(7).toUpperCase(Locale.ROOT) : text.substring(5));
        }

        @Override
        public Optimizer configureOptimizers() {
            return optimizer;
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            modes.add(isTraining());
            Variable targets = new Variable(
                    batch.stream().map(word -> word.toUpperCase(Locale.ROOT)).toList(), "targets");
            return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.NONE.and("word", batch))
                    .run()
                    .map(said -> judged(Evaluator.exactMatch().evaluate(said, targets), batch.size()));
        }

        private StepResult judged(Evaluation evaluation, int samples) {
            long right = (Long) evaluation.score().data();
            return StepResult.of(evaluation, samples, "accuracy", measured * right / samples);
        }
    }

    private Flux<TrainingEvent> fit(Trainer trainer, boolean validated) {
        Flux<TrainingEvent> events = validated ? trainer.fit(shouter, words, words) : trainer.fit(shouter, words);
        return events.contextWrite(
                new BackwardClient(FakeModel.saying(text -> "Tell it to shout."), CompletionOptions.NONE)::in);
    }

    @CanIgnoreReturnValue
    private List<TrainingEvent> run(Trainer trainer, boolean validated) {
        return now(fit(trainer, validated).collectList());
    }

    private static <E> List<E> only(Class<E> type, List<TrainingEvent> events) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

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
        Trainer gated = Trainer.builder().epochs(1).gate("accuracy").build();
        StepVerifier.create(fit(gated, true).takeUntil(event -> event instanceof TrainingEvent.Rewritten))
                .thenConsumeWhile(event -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(shouter.prompt.text()).isEqualTo("Say: {word}");
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
    void whatWasKeptIsSavedAtOnce(@TempDir Path directory) {
        Path file = directory.resolve("agent.hf");

        run(Trainer.builder().epochs(1).saveTo(file).build(), false);

        assertThat(Files.exists(file)).isTrue();
        Map<?, ?> state = (Map<?, ?>) now(HfFormat.standard().load(file));
        assertThat(((Variable) state.get("prompt")).text()).isEqualTo("SHOUT: {word}");
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
        Optimizer real = shouter.optimizer;
        shouter.optimizer = new Optimizer() {

            @Override
            public List<Variable> parameters() {
                return real.parameters();
            }

            @Override
            public Mono<List<Update>> step() {
                return real.step().doOnNext(updates -> training.dispose());
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
        };
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
                .expectErrorMessage("No step reported a metric 'acuracy'; known are [accuracy].")
                .verify(LIMIT);
    }

    @Test
    void aGateThatMeasuresNoNumberIsRefusedBeforeTheFirstStep() {
        measured = Double.NaN;

        StepVerifier.create(fit(Trainer.builder().gate("accuracy").build(), true))
                .expectNextCount(1)
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
                .expectErrorMessage(
                        "There is no metric 'accuracy', for no sample was judged. Is the split empty, or was"
                                + " every batch of it skipped?")
                .verify(LIMIT);
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
                            + " module, so files of the training would not hold it. Register it.")
                    .verify(LIMIT);
        }
        run(Trainer.builder().epochs(1).build(), false);
    }
}
