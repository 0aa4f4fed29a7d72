package io.afnio4j.train;

import io.afnio4j.cognitive.Module;
import io.afnio4j.optim.Optimizer;
import reactor.core.publisher.Mono;

/**
 * What a {@link Trainer} needs to know of a program: how it does on a batch, and who improves it.
 *
 * @param <B> a batch, as the data loader gives it
 */
public interface Trainable<B> {

    /**
     * What is trained. The trainer tells it whether it is being trained, and saves it.
     *
     * @return the module
     */
    Module module();

    /**
     * Who rewrites the module's parameters.
     *
     * @return the optimizer, always the same
     */
    Optimizer optimizer();

    /**
     * Runs the program on a batch and judges it.
     *
     * @param batch the batch
     * @return how it did; empty to skip the batch
     */
    Mono<StepResult> trainingStep(B batch);

    /**
     * As {@link #trainingStep}, without being trained.
     *
     * @param batch a batch of the validation split
     * @return how it did; empty to skip the batch
     */
    default Mono<StepResult> validationStep(B batch) {
        return trainingStep(batch);
    }

    /**
     * As {@link #validationStep}, at the end.
     *
     * @param batch a batch of the test split
     * @return how it did; empty to skip the batch
     */
    default Mono<StepResult> testStep(B batch) {
        return validationStep(batch);
    }
}
