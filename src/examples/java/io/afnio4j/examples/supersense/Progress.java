package io.afnio4j.examples.supersense;

import io.afnio4j.model.UsageMeter;
import io.afnio4j.train.TrainingEvent;
import java.time.Duration;
import java.util.Locale;

/** How far the training is: the figures beside the bar. */
final class Progress {

    private final UsageMeter usage;
    private final UsageMeter.Totals before;
    private final long start = System.nanoTime();
    private int all = 1;
    private int done;
    private double batch;
    private double validation;

    Progress(UsageMeter usage) {
        this.usage = usage;
        this.before = usage.total();
    }

    void on(TrainingEvent event) {
        if (event instanceof TrainingEvent.Started started) {
            all = started.steps();
        } else if (event instanceof TrainingEvent.Judged judged) {
            batch = judged.metrics().mean("accuracy");
        } else if (event instanceof TrainingEvent.Validated validated) {
            validation = validated.metrics().mean("accuracy");
        } else if (event instanceof TrainingEvent.Accepted accepted) {
            validation += accepted.gain();
        } else if (event instanceof TrainingEvent.StepFinished finished) {
            done = finished.step();
        }
    }

    int done() {
        return done;
    }

    int all() {
        return all;
    }

    String text() {
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        UsageMeter.Totals now = usage.total();
        long calls = now.calls() - before.calls();
        double seconds = Math.max(0.001, wall.toNanos() / 1e9);
        double speedUp = now.callTime().minus(before.callTime()).toNanos() / 1e9 / seconds;
        return String.format(
                Locale.ROOT,
                "batch %.0f %%  valid. %.1f %%  %,d calls  %,.0f/s  %s  %.1fx",
                100 * batch,
                100 * validation,
                calls,
                calls / seconds,
                now.costText(),
                speedUp);
    }
}
