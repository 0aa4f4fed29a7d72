package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.cognitive.Module;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.error.BadFileException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * A training that was stopped goes on as if nothing had been. The program is never right, and every prompt, question and rewriting depends on
 * all that came before, so that one step out of place would show.
 */
class ResumeTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int BATCHES = 3;

    @TempDir
    private Path directory;

    /** All questions of one run, in order. */
    private final List<String> asked = new ArrayList<>();

    private class Chain extends Module implements Trainable<List<String>> {

        private final Parameter prompt = register("prompt", new Parameter("0 {word}", "prompt"));
        private final int failAt;
        private final FakeModel model = FakeModel.reacting(request -> logged("agent", FakeModel.lastText(request)));
        private int calls;

        private Chain(int failAt) {
            this.failAt = failAt;
        }

        Parameter prompt() {
            return prompt;
        }

        private Mono<String> logged(String who, String text) {
            if (++calls == failAt) {
                return Mono.error(new UnavailableException("down", null));
            }
            asked.add(who + " " + text);
            return Mono.just("answer to " + text);
        }

        /** The new prompt depends on the whole question, history and feedback included. */
        private Mono<String> rewritten(String question) {
            return logged("editor", question)
                    .map(any ->
                            "<improved_value>" + Integer.toHexString(question.hashCode()) + " {word}</improved_value>");
        }

        @Override
        public Optimizer configureOptimizers() {
            return TGD.builder(FakeModel.reacting(request -> rewritten(FakeModel.lastText(request))), parameters())
                    .momentum(3)
                    .build();
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.NONE.and("word", batch))
                    .run()
                    .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, "never")));
        }

        @Override
        public Mono<StepResult> validationStep(List<String> batch) {
            double length = prompt.text().codePoints().sum() % 97; // as good as random, and the same every time
            return trainingStep(batch).map(result -> StepResult.of(result.evaluation(), Map.of("luck", length)));
        }

        private Flux<TrainingEvent> fit(Trainer trainer, boolean validated) {
            DataLoader<List<String>> words = DataLoader.of(
                            Dataset.of(List.of("a", "b", "c", "d", "e")), 2, batch -> batch)
                    .shuffle(7);
            DataLoader<List<String>> other = DataLoader.of(Dataset.of(List.of("x")), 1, batch -> batch);
            FakeModel critic = FakeModel.reacting(request -> logged("critic", FakeModel.lastText(request)));
            return (validated ? trainer.fit(this, words, other) : trainer.fit(this, words))
                    .contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in);
        }
    }

    private Trainer.Builder trainer() {
        return Trainer.builder().epochs(3).checkpointTo(directory.resolve("run.hf"));
    }

    private static List<String> steps(List<TrainingEvent> events) {
        return events.stream()
                .filter(event -> event instanceof TrainingEvent.Judged
                        || event instanceof TrainingEvent.StepFinished
                        || event instanceof TrainingEvent.EpochFinished
                        || event instanceof TrainingEvent.Validated)
                .map(Object::toString)
                .toList();
    }

    /** Cancels after some steps, goes on with a new program, and compares all questions and events with a run that was never stopped. */
    @ParameterizedTest
    @CsvSource({"1,", "3,", "5,", "1, luck", "4, luck"})
    void resumingAfterAnyStepContinuesExactly(int stopAfter, String gate) {
        Trainer.Builder whole = trainer();
        Trainer.Builder rest = trainer().resumeFrom(directory.resolve("run.hf"));
        if (gate != null) {
            whole.gate(gate);
            rest.gate(gate);
        }
        Chain uninterrupted = new Chain(0);
        List<String> expectedSteps =
                steps(now(uninterrupted.fit(whole.build(), gate != null).collectList()));
        List<String> expected = List.copyOf(asked);
        asked.clear();

        Flux<TrainingEvent> first = new Chain(0).fit(whole.build(), gate != null);
        List<TrainingEvent> events = new ArrayList<>(now(first.takeUntil(
                        event -> event instanceof TrainingEvent.StepFinished step && step.step() == stopAfter)
                .collectList()));
        Chain resumed = new Chain(0);
        List<TrainingEvent> later = now(resumed.fit(rest.build(), gate != null).collectList());
        events.addAll(later);

        assertThat(asked).isEqualTo(expected);
        assertThat(steps(events)).isEqualTo(expectedSteps);
        assertThat(resumed.prompt.text()).isEqualTo(uninterrupted.prompt.text());
        assertThat(later)
                .startsWith(
                        new TrainingEvent.Started(3 * BATCHES),
                        new TrainingEvent.Resumed(stopAfter / BATCHES + (stopAfter % BATCHES == 0 ? 0 : 1), stopAfter));
    }

    @Test
    void anotherGateBeginsFromAValueOfItsOwn() {
        Path file = directory.resolve("run.hf");
        now(new Chain(0).fit(trainer().epochs(1).gate("luck").build(), true).then());

        List<TrainingEvent> events = now(new Chain(0)
                .fit(trainer().epochs(1).gate("loss").resumeFrom(file).build(), true)
                .collectList());

        assertThat(events)
                .filteredOn(TrainingEvent.Validated.class::isInstance)
                .singleElement()
                .satisfies(judged -> assertThat(
                                ((TrainingEvent.Validated) judged).metrics().mean("loss"))
                        .isZero());
    }

    @Test
    void aStepThatFailedIsBegunAnewFromTheValuesBeforeIt() {
        now(new Chain(0).fit(trainer().build(), false).then());
        List<String> expected = List.copyOf(asked);
        int calls = expected.size();
        for (int failAt = 6; failAt <= calls; failAt += 14) {
            asked.clear();
            StepVerifier.create(new Chain(failAt).fit(trainer().build(), false).then())
                    .expectError()
                    .verify(LIMIT);
            Chain resumed = new Chain(0);
            now(resumed.fit(trainer().resumeFrom(directory.resolve("run.hf")).build(), false)
                    .then());

            List<String> lastEpoch = expected.subList(expected.size() - 3, expected.size());
            assertThat(asked.subList(asked.size() - 3, asked.size()))
                    .as("failed at call %d", failAt)
                    .isEqualTo(lastEpoch);
        }
    }

    @Test
    void aCheckpointAfterAnEpochGoesOnWithTheNext() {
        Path file = directory.resolve("run.hf");
        now(new Chain(0).fit(trainer().epochs(1).build(), false).then());
        Chain more = new Chain(0);

        List<TrainingEvent> events = now(
                more.fit(trainer().epochs(2).resumeFrom(file).build(), false).collectList());
        List<TrainingEvent> nothing = now(new Chain(0)
                .fit(trainer().epochs(2).resumeFrom(file).build(), false)
                .collectList());

        assertThat(events).contains(new TrainingEvent.Resumed(2, BATCHES));
        assertThat(events)
                .filteredOn(TrainingEvent.StepFinished.class::isInstance)
                .hasSize(BATCHES);
        assertThat(nothing)
                .containsExactly(new TrainingEvent.Started(2 * BATCHES), new TrainingEvent.Resumed(3, 2 * BATCHES));
    }

    @Test
    void whatIsNoCheckpointIsRefused() {
        Path file = directory.resolve("module.hf");
        now(new Chain(0)
                .fit(Trainer.builder().epochs(1).saveTo(file).build(), false)
                .then());

        StepVerifier.create(new Chain(0)
                        .fit(trainer().resumeFrom(file).build(), false)
                        .then())
                .expectErrorMessage(
                        "The file is no checkpoint of a training. Give resumeFrom a file that checkpointTo" + " wrote.")
                .verify(LIMIT);
        StepVerifier.create(new Chain(0)
                        .fit(trainer().resumeFrom(directory.resolve("none.hf")).build(), false)
                        .then())
                .expectError(BadFileException.class)
                .verify(LIMIT);
        assertThat(Files.exists(directory.resolve("run.hf"))).isFalse();
    }

    @Test
    void aPlaceWithoutRoomForCheckpointsIsFoundBeforeTheFirstCall() {
        Trainer trainer =
                Trainer.builder().checkpointTo(directory.resolve("none/run.hf")).build();

        StepVerifier.create(new Chain(0).fit(trainer, false))
                .expectNext(new TrainingEvent.Started(10 * BATCHES))
                .expectError(BadFileException.class)
                .verify(LIMIT);
        assertThat(asked).isEmpty();
    }

    @Test
    void aTrainingThatWasStoppedBeforeItsFirstStepIsOverGoesOnFromItsBeginning() {
        Path file = directory.resolve("run.hf");
        now(new Chain(0).fit(trainer().build(), false).take(2).then());
        asked.clear();

        List<TrainingEvent> events = now(new Chain(0)
                .fit(trainer().epochs(1).resumeFrom(file).build(), false)
                .collectList());

        assertThat(events)
                .startsWith(new TrainingEvent.Started(BATCHES), new TrainingEvent.Resumed(1, 0))
                .filteredOn(TrainingEvent.StepFinished.class::isInstance)
                .hasSize(BATCHES);
    }

    @Test
    void otherDataOrAnotherOptimizerAreRefusedAndThePromptsStayAsTheyAre() {
        Path file = directory.resolve("run.hf");
        now(new Chain(0).fit(trainer().epochs(1).build(), false).then());
        Chain program = new Chain(0);
        Chain wider = new Chain(0) {
            @Override
            public Optimizer configureOptimizers() {
                return TGD.builder(FakeModel.saying(text -> text), List.of(program.prompt, prompt()))
                        .build();
            }
        };
        DataLoader<List<String>> one = DataLoader.of(Dataset.of(List.of("a")), 1, batch -> batch);

        StepVerifier.create(trainer().resumeFrom(file).build().fit(program, one).then())
                .expectErrorMessage("The checkpoint is of a training with 3 batches an epoch, but this loader has 1. Go"
                        + " on with the data and the batch size that it began with.")
                .verify(LIMIT);
        StepVerifier.create(wider.fit(Trainer.builder().resumeFrom(file).build(), false))
                .expectNextCount(1)
                .expectErrorMessage("This is not the state of a TGD over 2 parameters in 1 groups.")
                .verify(LIMIT);
        assertThat(program.prompt.text()).isEqualTo("0 {word}");
        assertThat(wider.prompt().text()).isEqualTo("0 {word}");
    }

    @Test
    void aBatchThatIsSkippedIsDoneAndAsksForNothing() {
        Chain skipping = new Chain(0) {
            @Override
            public Mono<StepResult> trainingStep(List<String> batch) {
                return batch.contains("e") ? Mono.empty() : super.trainingStep(batch);
            }
        };

        List<TrainingEvent> events =
                now(skipping.fit(trainer().epochs(1).build(), false).collectList());

        assertThat(events)
                .filteredOn(TrainingEvent.StepFinished.class::isInstance)
                .hasSize(BATCHES);
        assertThat(events).filteredOn(TrainingEvent.Judged.class::isInstance).hasSize(BATCHES - 1);
        assertThat(asked).noneMatch(question -> question.startsWith("agent") && question.endsWith(" e"));
    }
}
