package io.afnio4j.train;

import io.afnio4j.ops.Evaluation;
import java.util.Map;

/**
 * How a program did on a batch.
 *
 * @param evaluation the judgement; its explanation is where the way back begins
 * @param metrics what to show, averaged over the batch
 */
public record StepResult(Evaluation evaluation, Metrics metrics) {

    /**
     * A result with one metric.
     *
     * @param evaluation the judgement
     * @param samples how many samples the batch had
     * @param metric the metric's name, for example {@code accuracy}
     * @param mean its average over the batch
     * @return the result
     */
    public static StepResult of(Evaluation evaluation, int samples, String metric, double mean) {
        return new StepResult(evaluation, new Metrics(samples, Map.of(metric, mean)));
    }
}
