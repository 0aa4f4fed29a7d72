package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.error.BadFileException;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

/** What a training doesn't go on from, or to, is refused before anything is paid. */
class ResumeRefusalTest extends Stoppable {

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
    void oneFileForWhatIsLearntAndForCheckpointsIsRefused() {
        Path file = directory.resolve("run.hf");
        Trainer.Builder trainer =
                Trainer.builder().saveTo(directory.resolve("other/../run.hf")).checkpointTo(file);

        assertThatIllegalArgumentException()
                .isThrownBy(trainer::build)
                .withMessage("saveTo and checkpointTo name the same file, run.hf, so that one would write over what the"
                        + " other has written. Give each a file of its own.");
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
    void aPlaceWithoutRoomForWhatIsLearntIsFoundBeforeTheFirstCallAndNothingIsWritten() {
        for (String place : List.of("none/agent.hf", "")) {
            Trainer trainer =
                    trainer().gate("luck").saveTo(directory.resolve(place)).build();

            StepVerifier.create(new Chain(0).fit(trainer, true))
                    .expectNext(new TrainingEvent.Started(3 * BATCHES))
                    .expectError(BadFileException.class)
                    .verify(LIMIT);
        }
        assertThat(asked).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void otherDataOrAnotherOptimizerAreRefusedAndThePromptsStayAsTheyAre() {
        Path file = directory.resolve("run.hf");
        now(new Chain(0).fit(trainer().epochs(1).build(), false).then());
        Chain program = new Chain(0);
        Chain wider = new Chain(0) {
            private final Parameter more = register("more", new Parameter("more", "another prompt"));

            @Override
            public Optimizer configureOptimizers() {
                return TGD.builder(FakeModel.saying(text -> text), List.of(prompt(), more))
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
                .expectErrorMessage(
                        "The checkpoint is of a training that rewrites [prompt], but this optimizer rewrites"
                                + " [prompt, more]. Hand it the same parameters in the same order, or it would take the past of one"
                                + " for that of another. A Map.of has another order in each run; a LinkedHashMap keeps its own.")
                .verify(LIMIT);
        assertThat(program.prompt.text()).isEqualTo("0 {word}");
        assertThat(wider.prompt().text()).isEqualTo("0 {word}");
    }

    @Test
    void anotherPlaceWithoutRoomForCheckpointsIsFoundBeforeTheFirstCallThatFollows() {
        Path file = directory.resolve("run.hf");
        now(new Chain(0).fit(trainer().epochs(1).build(), false).then());
        asked.clear();
        Trainer trainer = Trainer.builder()
                .resumeFrom(file)
                .checkpointTo(directory.resolve("none/run.hf"))
                .build();

        StepVerifier.create(new Chain(0).fit(trainer, false))
                .expectNext(new TrainingEvent.Started(10 * BATCHES), new TrainingEvent.Resumed(2, BATCHES))
                .expectError(BadFileException.class)
                .verify(LIMIT);
        assertThat(asked).isEmpty();
    }

    @Test
    void parametersInAnotherOrderAreRefusedSinceMomentumKnowsThemByTheirPlace() {
        Path file = directory.resolve("run.hf");
        now(new Two("first", "second").fit(trainer().epochs(1).build(), false).then());
        Two turned = new Two("second", "first");

        StepVerifier.create(turned.fit(trainer().resumeFrom(file).build(), false))
                .expectNextCount(1)
                .expectErrorMessage("The checkpoint is of a training that rewrites [prompt, first, second], but this"
                        + " optimizer rewrites [prompt, second, first]. Hand it the same parameters in the same order, or"
                        + " it would take the past of one for that of another. A Map.of has another order in each run; a"
                        + " LinkedHashMap keeps its own.")
                .verify(LIMIT);
        assertThat(turned.prompt().text()).isEqualTo("0 {word}");
    }

    @Test
    void partsOfAChatInAnotherOrderAreRefusedWhateverTheirRoles() {
        Path file = directory.resolve("run.hf");
        now(new Chat(0, "", "").fit(trainer().epochs(1).build(), false).then());

        StepVerifier.create(new Chat(1, "", "").fit(trainer().resumeFrom(file).build(), false))
                .expectNextCount(1)
                .expectErrorSatisfies(refusal -> assertThat(refusal)
                        .hasMessageStartingWith("The checkpoint is of a training that rewrites [prompt, chat.0.0,"
                                + " chat.1.0], but this optimizer rewrites [prompt, chat.1.0, chat.0.0]."))
                .verify(LIMIT);
    }

    @Test
    void partsOfAChatAreKnownByTheirPlaceSoTheirRolesMayBeWordedBetter() {
        Path file = directory.resolve("run.hf");
        now(new Chat(0, "tone", "task").fit(trainer().epochs(1).build(), false).then());

        StepVerifier.create(new Chat(0, "tone of voice", "task")
                        .fit(trainer().resumeFrom(file).build(), false)
                        .then())
                .verifyComplete();
    }

    /** Has a conversation of two turns to learn beside its prompt, handed to the optimizer in a turned order or not. */
    private final class Chat extends Chain {

        private final List<Variable> learnt;

        private Chat(int turned, String first, String second) {
            super(0);
            List<Variable> parts = new ArrayList<>(
                    List.of(new Variable("Be kind.", first, true), new Variable("Begin.", second, true)));
            register("chat", MultiTurnMessages.EMPTY.system(parts.get(0)).user(parts.get(1)));
            Collections.rotate(parts, turned);
            parts.add(0, prompt());
            this.learnt = parts;
        }

        @Override
        public Optimizer configureOptimizers() {
            return TGD.builder(FakeModel.saying(text -> "<improved_value>x {word}</improved_value>"), learnt)
                    .build();
        }
    }

    private final class Two extends Chain {

        private Two(String... names) {
            super(0);
            for (String name : names) {
                register(name, new Parameter(name, "one of two"));
            }
        }
    }
}
