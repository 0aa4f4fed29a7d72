package io.afnio4j.train;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.data.DataLoader;
import io.afnio4j.optim.Update;
import io.afnio4j.serial.HfFormat;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One run of {@link Trainer#fit}: the loop and what it remembers from step to step. Steps come one after the other, so nothing here is shared. */
final class Fit<B> {

    private final Trainable<B> program;
    private final DataLoader<B> training;
    private final @Nullable Mono<Metrics> judge;
    private final int epochs;
    private final @Nullable String gate;
    private final @Nullable Path file;

    private Metrics epochMetrics = Metrics.NONE;
    private double best;
    private int step;

    Fit(Trainable<B> program, DataLoader<B> training, @Nullable Mono<Metrics> judge, Trainer.Plan plan) {
        this.program = program;
        this.training = training;
        this.judge = judge;
        this.epochs = plan.epochs();
        this.gate = plan.gate();
        this.file = plan.file();
    }

    Flux<TrainingEvent> run() {
        Flux<TrainingEvent> baseline = gate == null ? Flux.empty() : validated(true);
        return Flux.<TrainingEvent>just(new TrainingEvent.Started(epochs * training.batches()))
                .concatWith(baseline)
                .concatWith(Flux.range(0, epochs).concatMap(this::epoch, 1));
    }

    private Flux<TrainingEvent> epoch(int epoch) {
        return Flux.defer(() -> {
            epochMetrics = Metrics.NONE;
            Flux<TrainingEvent> verdict = gate == null ? validated(false) : Flux.empty();
            return training.epoch(epoch)
                    .concatMap(this::step, 1)
                    .concatWith(Flux.defer(() -> Flux.just(new TrainingEvent.EpochFinished(epoch + 1, epochMetrics))))
                    .concatWith(verdict);
        });
    }

    private Flux<TrainingEvent> validated(boolean baseline) {
        return judge == null
                ? Flux.empty()
                : judge.doOnNext(metrics -> best = baseline && gate != null ? metrics.mean(gate) : best)
                        .<TrainingEvent>map(TrainingEvent.Validated::new)
                        .flux();
    }

    private Flux<TrainingEvent> step(B batch) {
        return Flux.defer(() -> {
            int number = ++step;
            program.optimizer().clearGrad();
            return program.trainingStep(batch)
                    .flatMapMany(result -> improve(number, result))
                    .concatWith(Flux.just(new TrainingEvent.StepFinished(number)));
        });
    }

    private Flux<TrainingEvent> improve(int number, StepResult result) {
        epochMetrics = epochMetrics.plus(result.metrics());
        Flux<TrainingEvent> backward = Engine.backwardEvents(
                        result.evaluation().explanation(), BackwardOptions.DEFAULTS)
                .map(event -> new TrainingEvent.Backward(number, event));
        return Flux.<TrainingEvent>just(new TrainingEvent.Judged(number, result.metrics()))
                .concatWith(backward)
                .concatWith(program.optimizer().step().flatMapMany(updates -> settle(number, updates)));
    }

    /** Keeps the new values or brings back the old ones; until that is decided, an error or a cancel brings them back too. */
    private Flux<TrainingEvent> settle(int number, List<Update> updates) {
        if (updates.stream().allMatch(update -> update.before().equals(update.after()))) {
            return Flux.empty();
        }
        if (gate == null || judge == null) {
            return keep(new TrainingEvent.Accepted(number, updates, 0)).flux();
        }
        String metric = gate;
        Runnable revert = () -> updates.forEach(Update::revert);
        return judge.doOnError(failed -> revert.run())
                .doOnCancel(revert)
                .flatMap(metrics -> {
                    double gain = metrics.mean(metric) - best;
                    if (gain > 0) {
                        best = metrics.mean(metric);
                        return keep(new TrainingEvent.Accepted(number, updates, gain));
                    }
                    revert.run();
                    return Mono.just(new TrainingEvent.Rejected(number, updates, gain));
                })
                .flux();
    }

    private Mono<TrainingEvent> keep(TrainingEvent accepted) {
        return file == null
                ? Mono.just(accepted)
                : HfFormat.standard().save(program.module().stateDict(), file).thenReturn(accepted);
    }
}
