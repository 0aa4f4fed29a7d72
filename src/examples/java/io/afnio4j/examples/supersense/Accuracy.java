package io.afnio4j.examples.supersense;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Which rows of a split were right, and what may be said from it: percentages with 95 % bootstrap intervals over the
 * rows.
 *
 * @param right row by row
 */
record Accuracy(List<Boolean> right) {

    private static final int RESAMPLES = 10_000;
    private static final long SEED = 20_261_123; // the same intervals for the same outcomes

    static Accuracy of(List<String> predictions, List<Row> rows) {
        return new Accuracy(IntStream.range(0, rows.size())
                .mapToObj(i -> rows.get(i).category().equals(predictions.get(i)))
                .toList());
    }

    double percent() {
        return mean(IntStream.range(0, right.size()).toArray(), this::at);
    }

    /** For example {@code 42.5 % [38.7, 46.1]}. */
    String text() {
        return with(percent(), interval(this::at), "%.1f %% [%.1f, %.1f]");
    }

    /** How much better this is than an accuracy on the same rows, for example {@code +13.5 points [+9.6, +17.4]}. */
    String gainOver(Accuracy before) {
        return with(
                percent() - before.percent(), interval(row -> at(row) - before.at(row)), "%+.1f points [%+.1f, %+.1f]");
    }

    private double at(int row) {
        return right.get(row) ? 100 : 0;
    }

    private double[] interval(ToDoubleFunction<Integer> score) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] means = new double[RESAMPLES];
        int[] sample = new int[right.size()];
        for (int i = 0; i < RESAMPLES; i++) {
            Arrays.setAll(sample, any -> random.nextInt(right.size()));
            means[i] = mean(sample, score);
        }
        Arrays.sort(means);
        return new double[] {means[(int) (0.025 * RESAMPLES)], means[(int) (0.975 * RESAMPLES)]};
    }

    private static double mean(int[] rows, ToDoubleFunction<Integer> score) {
        return Arrays.stream(rows).mapToDouble(score::applyAsDouble).average().orElse(0);
    }

    private static String with(double value, double[] interval, String format) {
        return String.format(Locale.ROOT, format, value, interval[0], interval[1]);
    }
}
