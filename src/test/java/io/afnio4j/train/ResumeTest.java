package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A training that was stopped goes on as if nothing had been. */
class ResumeTest extends Stoppable {

    private static List<String> steps(List<TrainingEvent> events) {
        return events.stream()
                .filter(event -> event instanceof TrainingEvent.Judged
                        || event instanceof TrainingEvent.StepFinished
                        || event instanceof TrainingEvent.EpochFinished
                        || event instanceof TrainingEvent.Validated)
                .map(Object::toString)
                .toList();
    }

    /**
     * Cancels after some steps, goes on with a new program, and compares all questions and events with a run that was
     * never stopped.
     */
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
