package io.afnio4j.cognitive;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** The part of a {@link Module} that knows whether it is being trained. */
abstract class TrainingMode {

    private volatile boolean training = true;
    private final AtomicInteger evaluations = new AtomicInteger(); // under way

    TrainingMode() {}

    abstract List<Module> modules();

    /** Tells this module and those within it that they are being trained. */
    public final void train() {
        train(true);
    }

    /** Tells this module and those within it that they are being used or judged. */
    public final void eval() {
        train(false);
    }

    /**
     * Tells this module and those within it what they are being used for.
     *
     * @param mode true for training
     */
    public final void train(boolean mode) {
        modules().forEach(module -> module.mode(mode));
    }

    /**
     * Runs something while this module and those within it are in eval mode, whatever else they are told meanwhile.
     * When it has ended, and whatever else runs in this way at the same time, each of them is in its own mode again.
     *
     * @param work runs when it is subscribed to
     * @param <T> what it gives
     * @return the same
     */
    public final <T> Mono<T> inEval(Mono<T> work) {
        return Mono.using(
                () -> {
                    List<Module> evaluated = modules(); // a snapshot
                    evaluated.forEach(module -> module.evaluations(1));
                    return evaluated;
                },
                evaluated -> work,
                evaluated -> evaluated.forEach(module -> module.evaluations(-1)));
    }

    public final boolean isTraining() {
        return training && evaluations.get() == 0;
    }

    final void mode(boolean mode) {
        training = mode;
    }

    final void evaluations(int more) {
        evaluations.addAndGet(more);
    }
}
