package io.afnio4j.train;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.cognitive.MapOver;
import io.afnio4j.data.DataLoader;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CallListener;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Usage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Batches that a program is judged by as a whole, in eval mode and without grad, many of them at the same time. */
final class Split<B> {

    private static final int BATCHES_AT_ONCE = 256;

    private final Trainable<B> program;
    private final DataLoader<B> batches;
    private final BiFunction<Trainable<B>, B, Mono<StepResult>> judge;

    Split(Trainable<B> program, DataLoader<B> batches, BiFunction<Trainable<B>, B, Mono<StepResult>> judge) {
        this.program = program;
        this.batches = batches;
        this.judge = judge;
    }

    Mono<Metrics> judged() {
        return judged(batch -> {});
    }

    /**
     * The same, telling how far it is: of its beginning at once, so that it may be cancelled before anything is asked.
     */
    Mono<Metrics> judged(int step, Consumer<TrainingEvent> tell) {
        return Mono.defer(() -> {
            tell.accept(new TrainingEvent.Validating(step, 0, batches.size(), 0, Usage.NONE, Cost.ZERO));
            Progress progress = new Progress(step, batches.size(), tell);
            return judged(progress::on).contextWrite(progress::in);
        });
    }

    private Mono<Metrics> judged(Consumer<Metrics> each) {
        MapOver<B, Metrics> judging = MapOver.<B, Metrics>of(batch -> judge.apply(program, batch)
                        .map(StepResult::metrics)
                        .defaultIfEmpty(Metrics.NONE)
                        .doOnNext(each))
                .concurrency(BATCHES_AT_ONCE);
        Mono<Metrics> judged = Flux.defer(() -> batches.epoch(0))
                .collectList()
                .flatMap(judging::over)
                .map(all -> all.stream().reduce(Metrics.NONE, Metrics::plus));
        // The mode is brought back before the outcome is told, as what follows may run within the telling.
        return GradMode.noGrad(Mono.defer(() -> program.module().inEval(judged)));
    }

    /** Adds up what batches and calls bring. What it has come to is told under the lock, so that sums never fall. */
    private static final class Progress implements CallListener {

        private final int step;
        private final int samples;
        private final Consumer<TrainingEvent> tell;

        // From here on: guarded by this.
        private long judged;
        private long calls;
        private Usage usage = Usage.NONE;
        private @Nullable Cost cost = Cost.ZERO;

        private Progress(int step, int samples, Consumer<TrainingEvent> tell) {
            this.step = step;
            this.samples = samples;
            this.tell = tell;
        }

        private synchronized void on(Metrics batch) {
            judged += batch.samples();
            tell();
        }

        @Override
        public void on(CallEvent event) {
            if (event instanceof CallEvent.Answered answered) {
                ended(answered.usage(), answered.cost());
            } else if (event instanceof CallEvent.Failed failed) {
                ended(failed.usage(), failed.cost());
            }
        }

        @Override
        public boolean watchesWords() {
            return false;
        }

        private synchronized void ended(Usage used, @Nullable Cost charged) {
            calls++;
            usage = usage.plus(used);
            cost = cost == null || charged == null ? null : cost.plus(charged);
            tell();
        }

        private void tell() {
            tell.accept(new TrainingEvent.Validating(step, judged, samples, calls, usage, cost));
        }
    }
}
