package io.afnio4j.train;

import io.afnio4j.ops.Evaluation;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a program did on a batch.
 *
 * @param evaluation the judgement; its explanation is where the way back begins
 * @param metrics what to show, averaged over the batch
 */
public record StepResult(Evaluation evaluation, Metrics metrics) {

    /**
     * The metric that the judgement itself gives: the average of its scores. As everywhere in textual descent, more is
     * better.
     */
    public static final String LOSS = "loss";

    /**
     * A result that shows the judgement alone, as {@link #LOSS}.
     *
     * @param evaluation score and explanation
     * @return the result, which weighs as many samples as there are scores
     */
    public static StepResult of(Evaluation evaluation) {
        return of(evaluation, Map.of());
    }

    /**
     * A result that shows the judgement as {@link #LOSS}, and more.
     *
     * @param evaluation score and explanation
     * @param metrics further averages over the batch by name, none of them {@link #LOSS}
     * @return the result, which weighs as many samples as there are scores
     */
    public static StepResult of(Evaluation evaluation, Map<String, Double> metrics) {
        Map<String, Double> all = new TreeMap<>(metrics);
        double average = evaluation.scores().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        if (all.put(LOSS, average) != null) {
            throw new IllegalArgumentException(
                    "The metric '" + LOSS + "' is the average of the judgement's scores. Give yours another name.");
        }
        return new StepResult(evaluation, new Metrics(evaluation.scores().size(), all));
    }

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
