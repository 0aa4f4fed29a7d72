package io.afnio4j.train;

import io.afnio4j.autodiff.EventStream;
import io.afnio4j.context.Forgetting;
import io.afnio4j.context.Sample;
import io.afnio4j.data.DataLoader;
import io.afnio4j.error.AfnioException;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.Update;
import io.afnio4j.serial.HfFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One run of {@link Trainer#fit}: the loop and what it remembers from step to step. Steps come one after the other, so
 * nothing here is shared.
 */
final class Fit<B> {

    private static final double ROUNDING = 1e-9;

    private final Trainable<B> program;
    private final Optimizer optimizer;
    private final DataLoader<B> training;
    private final @Nullable Split<B> validation;
    private final Trainer.Plan plan;
    private final AgentFile agent;

    /**
     * New values that the gate has not yet let pass; null once the run was given up, which may be while an optimizer is
     * giving the new values.
     */
    private final AtomicReference<@Nullable List<Update>> unsettled = new AtomicReference<>(List.of());

    private Metrics epochMetrics = Metrics.NONE;
    private Metrics stepMetrics = Metrics.NONE;
    private double best = Double.NaN;
    private int epoch; // under way, from 0
    private int batches; // done of it
    private int step;
    private int failedRewrites; // in a row
    private @Nullable AfnioException failedRewrite; // of the step under way

    Fit(Trainable<B> program, DataLoader<B> training, @Nullable Split<B> validation, Trainer.Plan plan) {
        this.program = program;
        this.optimizer = program.configureOptimizers();
        this.training = training;
        this.validation = validation;
        this.plan = plan;
        this.agent = new AgentFile(program.module(), plan.file());
    }

    Flux<TrainingEvent> run() {
        return InTraining.alone(optimizer.parameters(), Flux.defer(this::all));
    }

    private Flux<TrainingEvent> all() {
        if (plan.file() != null || plan.checkpoint() != null) {
            agent.checkHolds(optimizer.parameters());
        }
        Flux<TrainingEvent> first =
                agent.checkSaving().thenMany(plan.resume() == null ? begun() : resumed(plan.resume()));
        long steps = (long) plan.epochs() * training.batches();
        return Flux.<TrainingEvent>just(new TrainingEvent.Started((int) Math.min(steps, Integer.MAX_VALUE)))
                .concatWith(first)
                .concatWith(Flux.defer(() -> Flux.range(epoch, Math.max(0, plan.epochs() - epoch)))
                        .concatMap(this::epoch, 1))
                .concatWith(Mono.defer(agent::saveFirst).thenMany(Flux.empty()));
    }

    /**
     * A checkpoint of a training that has done nothing yet shows, before anything is paid, that there can be others.
     */
    private Flux<TrainingEvent> begun() {
        return checkpoint().thenMany(baseline());
    }

    /** What a step has to surpass. */
    private Flux<TrainingEvent> baseline() {
        String gate = plan.gate();
        return gate == null || validation == null
                ? Flux.empty()
                : validated(validation, metrics -> best = known(metrics, gate));
    }

    private Flux<TrainingEvent> resumed(Path file) {
        return HfFormat.standard()
                .load(file)
                .<TrainingEvent>map(tree -> {
                    Checkpoint saved = Checkpoint.load(tree, training.batches(), program.module(), optimizer);
                    epoch = saved.epoch();
                    batches = saved.batches();
                    step = saved.step();
                    best = saved.best(plan.gate());
                    epochMetrics = saved.metrics();
                    failedRewrites = saved.failedRewrites();
                    return new TrainingEvent.Resumed(epoch + 1, step);
                })
                .flux()
                .concatWith(Flux.defer(
                        () -> Double.isNaN(best) ? begun() : checkpoint().thenMany(Flux.empty())));
    }

    private Flux<TrainingEvent> epoch(int number) {
        return Flux.defer(() -> {
            Flux<TrainingEvent> verdict =
                    plan.gate() == null && validation != null ? validated(validation, metrics -> {}) : Flux.empty();
            return training.epoch(number)
                    .skip(batches)
                    .concatMap(this::step, 1)
                    .concatWith(Flux.defer(() -> Flux.just(new TrainingEvent.EpochFinished(number + 1, epochMetrics))))
                    .concatWith(verdict)
                    .concatWith(Flux.defer(() -> {
                        epoch = number + 1;
                        batches = 0;
                        epochMetrics = Metrics.NONE;
                        return checkpoint().thenMany(Flux.empty());
                    }));
        });
    }

    private Flux<TrainingEvent> validated(Split<B> split, Consumer<Metrics> seen) {
        return EventStream.of(
                tell -> split.judged(step, tell)
                        .doOnNext(seen)
                        .map(TrainingEvent.Validated::new)
                        .doOnNext(tell),
                TrainingStep::isLight);
    }

    private static double known(Metrics metrics, String gate) {
        double value = metrics.mean(gate);
        if (Double.isNaN(value)) {
            throw new IllegalStateException("The gate's metric '" + gate + "' is not a number (NaN) on the validation"
                    + " split, so no step would ever be kept. Let validationStep report a number.");
        }
        return value;
    }

    private Flux<TrainingEvent> step(B batch) {
        return Flux.defer(() -> {
            int number = step + 1;
            stepMetrics = Metrics.NONE;
            optimizer.clearGrad();
            return new TrainingStep(number, optimizer, plan.backward(), rewrite())
                    .run(
                            program.trainingStep(batch).doOnNext(this::count),
                            (updates, tell) -> settle(number, updates, tell))
                    .doOnError(failed -> giveUp())
                    .doOnCancel(this::giveUp)
                    .concatWith(Flux.defer(() -> {
                        settled();
                        step = number;
                        batches++;
                        return checkpoint().thenMany(Flux.just(new TrainingEvent.StepFinished(number, stepMetrics)));
                    }));
        });
    }

    private void count(StepResult result) {
        stepMetrics = result.metrics();
        epochMetrics = epochMetrics.plus(result.metrics());
    }

    /**
     * After a step whose answers were of no use, and are kept all the same, an equal question is to have another
     * answer.
     */
    private Mono<List<Update>> rewrite() {
        return Forgetting.unless(this::isBorne, optimizer.step().doOnNext(this::tried))
                .onErrorResume(this::isBorne, failure -> {
                    failedRewrites++;
                    failedRewrite = (AfnioException) failure;
                    return Mono.just(List.of());
                })
                .contextWrite(context -> Sample.put(context, Sample.of(context) + failedRewrites));
    }

    /** That a model can't write for once is no reason to end; but one that never can would be paid for nothing. */
    private boolean isBorne(Throwable failure) {
        return failure instanceof AfnioException known
                && known.isDueToWords()
                && failedRewrites < plan.failedRewrites();
    }

    /**
     * Keeps the new values or brings back the old ones; until that is decided, an error or a cancel brings them back
     * too.
     */
    private Mono<TrainingEvent> settle(int number, List<Update> updates, Consumer<TrainingEvent> tell) {
        AfnioException failure = failedRewrite;
        if (failure != null) {
            failedRewrite = null;
            return Mono.just(new TrainingEvent.NotRewritten(number, failure));
        }
        if (!updates.isEmpty()) { // there was something to rewrite
            failedRewrites = 0;
        }
        if (updates.stream().noneMatch(Update::changes)) {
            return Mono.empty();
        }
        String metric = plan.gate();
        if (metric == null || validation == null) {
            return agent.save().thenReturn(new TrainingEvent.Accepted(number, updates, 0));
        }
        return validation.judged(number, tell).flatMap(metrics -> {
            double gain = gain(metrics.mean(metric));
            if (gain > 0) {
                best = metrics.mean(metric);
                settled();
                return agent.save().thenReturn(new TrainingEvent.Accepted(number, updates, gain));
            }
            takeBack(updates);
            return Mono.just(new TrainingEvent.Rejected(number, updates, gain));
        });
    }

    /** Where as many samples are right as before, but others, averages may still differ by rounding. */
    private double gain(double reached) {
        double gain = reached - best;
        return Math.abs(gain) < ROUNDING * Math.abs(best) ? 0 : gain;
    }

    private void tried(List<Update> updates) {
        if (unsettled.getAndUpdate(before -> before == null ? null : updates) == null) {
            takeBack(updates);
        }
    }

    private void settled() {
        unsettled.getAndUpdate(before -> before == null ? null : List.of());
    }

    private void giveUp() {
        List<Update> tried = unsettled.getAndSet(null);
        if (tried != null) {
            takeBack(tried);
        }
    }

    private void takeBack(List<Update> updates) {
        if (plan.gate() != null) {
            updates.forEach(Update::revert);
        }
    }

    private Mono<Void> checkpoint() {
        Path file = plan.checkpoint();
        if (file == null) {
            return Mono.empty();
        }
        Checkpoint now = new Checkpoint(
                epoch, batches, training.batches(), step, plan.gate(), best, epochMetrics, failedRewrites);
        return HfFormat.standard().save(now.save(program.module(), optimizer), file);
    }
}
