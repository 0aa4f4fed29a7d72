package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.cognitive.Module;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.limit.Journal;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * Trainings that are begun anew with the journal of one that was stopped; no two calls have the same answer, so that
 * one that is made again would show.
 */
class JournaledTrainingTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private final List<String> asked = new ArrayList<>();
    private int useless; // answers of the editor, before the first good one

    private Mono<String> answer(String who) {
        asked.add(who);
        boolean bad = who.equals("editor") && useless-- > 0;
        return Mono.just(bad ? "Well." : "<improved_value>" + asked.size() + " {word}</improved_value>");
    }

    private FakeModel model(String who) {
        return FakeModel.reacting(request -> answer(who));
    }

    private static final class Agent extends Module implements Trainable<List<String>> {

        private final Parameter prompt = register("prompt", new Parameter("0 {word}", "prompt"));
        private final ChatModel model;
        private final ChatModel editor;

        private Agent(ChatModel model, ChatModel editor) {
            this.model = model;
            this.editor = editor;
        }

        @Override
        public Optimizer configureOptimizers() {
            return TGD.builder(editor, parameters()).build();
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.of("word", batch))
                    .run()
                    .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, "never")));
        }
    }

    /**
     * A training from its beginning: one batch an epoch, so that steps that leave the prompt as it was ask the same.
     */
    private Flux<TrainingEvent> training(Trainer trainer, Journal journal) {
        DataLoader<List<String>> words = DataLoader.of(Dataset.of(List.of("a")), 1, batch -> batch);
        Agent agent = new Agent(journal.keeping(model("agent")), journal.keeping(model("editor")));
        return journal.around(trainer.fit(agent, words)
                .contextWrite(new BackwardClient(model("critic"), CompletionOptions.NONE)::in));
    }

    /** What became of the prompt in the first steps, after which the training is stopped. */
    private List<TrainingEvent> outcomes(Trainer trainer, int steps) {
        Journal journal = Journal.in(folder.resolve("run.journal"));
        List<TrainingEvent> events = now(training(trainer, journal)
                .takeUntil(event -> event instanceof TrainingEvent.StepFinished finished && finished.step() == steps)
                .collectList());
        StepVerifier.create(journal.closeLater()).expectComplete().verify(LIMIT);
        return events.stream()
                .filter(event -> event instanceof TrainingEvent.NotRewritten || event instanceof TrainingEvent.Accepted)
                .toList();
    }

    private void fails(Trainer trainer) {
        Journal journal = Journal.in(folder.resolve("run.journal"));
        StepVerifier.create(training(trainer, journal).then())
                .expectError(UnexpectedAnswerException.class)
                .verify(LIMIT);
        StepVerifier.create(journal.closeLater()).expectComplete().verify(LIMIT);
    }

    private static List<String> words(List<TrainingEvent> outcomes) {
        return outcomes.stream()
                .map(event -> event instanceof TrainingEvent.Accepted accepted
                        ? accepted.updates().get(0).after()
                        : "not rewritten")
                .toList();
    }

    @Test
    void aStepThatBroughtNoUsablePromptIsNotAskedAgain() {
        Trainer trainer = Trainer.builder().build();
        useless = 2;
        List<String> first = words(outcomes(trainer, 3));
        int paid = asked.size();

        List<String> second = words(outcomes(trainer, 3));

        assertThat(first).startsWith("not rewritten").doesNotHaveDuplicates();
        assertThat(second).isEqualTo(first);
        assertThat(asked).hasSize(paid);
    }

    @Test
    void theStepThatEndedTheTrainingIsAskedAgainAndThoseBeforeItAreNot() {
        Trainer trainer = Trainer.builder().build();
        useless = 6;
        fails(trainer);
        int paid = asked.size();

        assertThat(words(outcomes(trainer, 2))).containsExactly("not rewritten", "not rewritten");
        assertThat(asked).hasSize(paid);
        assertThat(words(outcomes(trainer, 3))).hasSize(3).last().isNotEqualTo("not rewritten");
        assertThat(asked).hasSize(paid + 1);
    }

    @Test
    void stepsThatBroughtNoUsablePromptAreCountedOnFromACheckpoint() {
        Path checkpoint = folder.resolve("run.hf");
        useless = 100;
        assertThat(outcomes(Trainer.builder().checkpointTo(checkpoint).build(), 2))
                .hasSize(2);
        int before = useless;

        fails(Trainer.builder().resumeFrom(checkpoint).build());

        assertThat(before - useless).as("answers of one more step").isEqualTo(2);
    }
}
