package io.afnio4j.train;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.data.DataLoader;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Trains, validates and tests. Per batch: gradients are cleared, the program runs and is judged, feedback walks back,
 * the optimizer takes a step. With a {@linkplain Builder#gate gate}, a step is kept only if it makes the program better
 * on the validation split; otherwise the old values come back.
 *
 * <pre>{@code
 * Trainer trainer = Trainer.builder().epochs(3).gate("accuracy").saveTo(Path.of("agent.hf")).build();
 * trainer.fit(agent, train, validation).doOnNext(System.out::println).blockLast();
 * }</pre>
 *
 * <p>With {@linkplain Builder#checkpointTo checkpoints}, a training that was stopped goes on exactly where it was: the
 * same batches in the same order, the same momentum, the same gate. What a step had begun and not finished is begun
 * anew from the values before it.
 *
 * <p>All that happens is told by one {@link Flux}: the calls of the program, the judgement, the way back, the new
 * values, and the words of all answers as they come. A slow observer never slows a step: see
 * {@link io.afnio4j.autodiff.EventStream} for what happens to him. The next step begins when he has taken the events of
 * the last.
 *
 * <p>Nothing happens before the subscription; each subscription trains anew, from the values that the parameters then
 * have. One that comes while a training of the same parameters is under way fails with an
 * {@link IllegalStateException}: several observers of one training {@linkplain Flux#publish() share} it. Cancelling
 * stops at once, brings back values that the gate had not yet let pass, and keeps what was learnt until then.
 */
public final class Trainer {

    private final Plan plan;

    private Trainer(Plan plan) {
        this.plan = plan;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Trains without looking at a validation split.
     *
     * @param program what to train
     * @param training the batches to learn from
     * @param <B> a batch
     * @return what happens, as it happens; completes when the last step is done
     * @throws IllegalArgumentException where there is a gate, which needs a validation split, or an epoch has no
     *     batches
     */
    public <B> Flux<TrainingEvent> fit(Trainable<B> program, DataLoader<B> training) {
        if (plan.gate != null) {
            throw new IllegalArgumentException(
                    "A gate needs a validation split to judge by. Give one to fit, or leave out the gate.");
        }
        return fit(program, training, null);
    }

    /**
     * Trains, and judges by a validation split: after every step where there is a gate, otherwise after every epoch.
     *
     * @param program what to train
     * @param training the batches to learn from
     * @param validation the batches to judge by, null for none
     * @param <B> a batch
     * @return what happens, as it happens; completes when the last step is done
     * @throws IllegalArgumentException where an epoch has no batches
     */
    public <B> Flux<TrainingEvent> fit(
            Trainable<B> program, DataLoader<B> training, @Nullable DataLoader<B> validation) {
        if (training.batches() == 0) {
            throw new IllegalArgumentException(
                    "There is nothing to learn from: an epoch has no batches. Is the data set"
                            + " empty, or does dropLast leave out its only batch?");
        }
        Split<B> split = validation == null ? null : new Split<>(program, validation, Trainable::validationStep);
        return Flux.defer(() -> {
            program.module().train();
            return new Fit<>(program, training, split, plan).run();
        });
    }

    /**
     * Judges a program on a validation split, in eval mode and without grad.
     *
     * @param program what to judge
     * @param batches the split; up to 256 batches run at once
     * @param <B> a batch
     * @return the averages over all samples; where a batch fails, the first failure of the split, once the calls that
     *     are on their way have their answers
     */
    public <B> Mono<Metrics> validate(Trainable<B> program, DataLoader<B> batches) {
        return new Split<>(program, batches, Trainable::validationStep).judged();
    }

    /**
     * Judges a program on a test split, in eval mode and without grad.
     *
     * @param program what to judge
     * @param batches the split; up to 256 batches run at once
     * @param <B> a batch
     * @return the averages over all samples; where a batch fails, the first failure of the split, once the calls that
     *     are on their way have their answers
     */
    public <B> Mono<Metrics> test(Trainable<B> program, DataLoader<B> batches) {
        return new Split<>(program, batches, Trainable::testStep).judged();
    }

    /**
     * What to do: how many epochs, by which metric a step is kept, where to save, from where to go on, how often in a
     * row no rewrite may be usable, how feedback walks back.
     */
    record Plan(
            int epochs,
            @Nullable String gate,
            @Nullable Path file,
            @Nullable Path checkpoint,
            @Nullable Path resume,
            int failedRewrites,
            BackwardOptions backward) {}

    /** Collects the options of a {@link Trainer}; each method returns the builder. */
    public static final class Builder {

        private int epochs = 10;
        private @Nullable String gate;
        private @Nullable Path file;
        private @Nullable Path checkpoint;
        private @Nullable Path resume;
        private int failedRewrites = 2;
        private BackwardOptions backward = BackwardOptions.DEFAULTS;

        private Builder() {}

        /**
         * How often all batches are visited. Default: 10.
         *
         * @param count at least 1
         */
        @CanIgnoreReturnValue
        public Builder epochs(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("epochs must be at least 1, not " + count + ".");
            }
            this.epochs = count;
            return this;
        }

        /**
         * Keeps a step only if it raises a metric on the validation split. Default: every step is kept.
         *
         * @param metric the metric's name, for example {@code accuracy}: more is better
         */
        @CanIgnoreReturnValue
        public Builder gate(String metric) {
            this.gate = metric;
            return this;
        }

        /**
         * Saves the module's state whenever a step was kept, and at the end of a training that kept none where there is
         * no such file yet, so that there is something to load. All that the optimizer rewrites must be registered in
         * the module. Default: nothing is saved.
         *
         * @param hf a {@code .hf} file; what is there is replaced, the new file or the old one and never a part. Where
         *     it can't be written, the training fails with a {@link io.afnio4j.error.BadFileException} before anything
         *     is asked
         */
        @CanIgnoreReturnValue
        public Builder saveTo(Path hf) {
            this.file = hf;
            return this;
        }

        /**
         * Saves where the training stands at its beginning and after every batch and every epoch: module, optimizer,
         * place in the data. All that the optimizer rewrites must be registered in the module. Default: nothing is
         * saved.
         *
         * @param hf a {@code .hf} file; what is there is replaced, the new file or the old one and never a part
         */
        @CanIgnoreReturnValue
        public Builder checkpointTo(Path hf) {
            this.checkpoint = hf;
            return this;
        }

        /**
         * Goes on from a checkpoint, which may be the file that {@link #checkpointTo} names. The data loader must be
         * made as it was then; what the optimizer keeps among its options is brought back as well. With another gate,
         * the values of the checkpoint are what it starts to compare with. Default: starts from the beginning.
         *
         * @param hf what {@link #checkpointTo} wrote; where it can't be read, the training fails with a
         *     {@link io.afnio4j.error.BadFileException}, and where it is of something else, with an
         *     {@link IllegalArgumentException}
         */
        @CanIgnoreReturnValue
        public Builder resumeFrom(Path hf) {
            this.resume = hf;
            return this;
        }

        /**
         * How many steps in a row may bring no new value that can be used, because the optimizer's model doesn't answer
         * in the form, breaks a constraint, or is cut or stopped by a filter, also after it was told so. Such a step
         * leaves all values as they were, and the next batch follows; one more of them ends the training with its
         * failure. Steps with nothing to rewrite don't count; those before a checkpoint do. Default: 2.
         *
         * @param inARow 0 where the first one is to end the training
         */
        @CanIgnoreReturnValue
        public Builder failedRewrites(int inARow) {
            if (inARow < 0) {
                throw new IllegalArgumentException("failedRewrites must be at least 0, not " + inARow + ".");
            }
            this.failedRewrites = inARow;
            return this;
        }

        /**
         * How feedback walks back in each step: who listens, how many calls at once, what happens at a failure.
         * Default: {@link BackwardOptions#DEFAULTS}. Where the options name no {@linkplain BackwardOptions#inputs
         * leaves to serve}, feedback goes to what the optimizer rewrites and to nothing else. A pass that fails ends
         * the training; but with {@link io.afnio4j.autodiff.FailurePolicy#COMMIT_PARTLY} not one that brings feedback
         * all the same, from which the step learns.
         *
         * @param options used for every step
         */
        @CanIgnoreReturnValue
        public Builder backward(BackwardOptions options) {
            this.backward = Objects.requireNonNull(options);
            return this;
        }

        /**
         * Makes the trainer.
         *
         * @return the trainer
         * @throws IllegalArgumentException where {@link #saveTo} and {@link #checkpointTo} name one file
         */
        public Trainer build() {
            if (file != null
                    && checkpoint != null
                    && file.toAbsolutePath()
                            .normalize()
                            .equals(checkpoint.toAbsolutePath().normalize())) {
                throw new IllegalArgumentException("saveTo and checkpointTo name the same file, " + file.getFileName()
                        + ", so that one would write over what the other has written. Give each a file of its own.");
            }
            return new Trainer(new Plan(epochs, gate, file, checkpoint, resume, failedRewrites, backward));
        }
    }
}
