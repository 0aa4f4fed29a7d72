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
     * @return the module; by default the program itself, where it is one
     */
    default Module module() {
        if (this instanceof Module module) {
            return module;
        }
        throw new IllegalStateException(
                getClass().getName() + " is no Module. Let it extend Module, or override module().");
    }

    /**
     * Who rewrites the module's parameters. Called once for each training.
     *
     * @return the optimizer, over all that is to be learnt; a new one, or the same as before with what it remembers
     */
    Optimizer configureOptimizers();

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
