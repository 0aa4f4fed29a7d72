package io.afnio4j.train;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Averages over samples. Adding two of them weighs each by its samples, so that a smaller last batch counts for what it
 * is, and a metric that only some batches report is averaged over those.
 *
 * @param samples how many samples were judged
 * @param means the averages by name: {@code loss} first, then the others in the order of their names
 * @param counted over how many samples each average goes
 */
public record Metrics(long samples, Map<String, Double> means, Map<String, Long> counted) {

    /** No samples. */
    public static final Metrics NONE = new Metrics(0, Map.of());

    private static final Comparator<String> LOSS_FIRST = Comparator.comparing(
                    (String name) -> !name.equals(StepResult.LOSS))
            .thenComparing(Comparator.naturalOrder());

    public Metrics {
        if (!means.keySet().equals(counted.keySet())) {
            throw new IllegalArgumentException("The averages are of " + means.keySet() + ", but the counts of "
                    + counted.keySet() + ". Give a count for each average.");
        }
        means = sorted(means);
        counted = sorted(counted);
    }

    /**
     * Averages that all go over the same samples.
     *
     * @param samples how many samples were judged
     * @param means the averages by name
     */
    public Metrics(long samples, Map<String, Double> means) {
        this(samples, means, counts(samples, means));
    }

    private static Map<String, Long> counts(long samples, Map<String, Double> means) {
        Map<String, Long> counts = new TreeMap<>();
        means.keySet().forEach(name -> counts.put(name, samples));
        return counts;
    }

    private static <V> Map<String, V> sorted(Map<String, V> map) {
        Map<String, V> sorted = new TreeMap<>(LOSS_FIRST);
        sorted.putAll(map);
        return Collections.unmodifiableMap(sorted);
    }

    /**
     * Both together.
     *
     * @param other averages over other samples
     * @return averages over all samples
     */
    public Metrics plus(Metrics other) {
        Map<String, Long> counts = new TreeMap<>(counted);
        other.counted.forEach((name, count) -> counts.merge(name, count, Long::sum));
        Map<String, Double> joined = new TreeMap<>();
        counts.forEach((name, all) -> joined.put(name, (total(name) + other.total(name)) / Math.max(1, all)));
        return new Metrics(samples + other.samples, joined, counts);
    }

    private double total(String name) {
        return means.getOrDefault(name, 0.0) * counted.getOrDefault(name, 0L);
    }

    /**
     * One average.
     *
     * @param name its name
     * @return its value
     * @throws IllegalArgumentException where no step reported it, or no sample was judged
     */
    public double mean(String name) {
        Double mean = means.get(name);
        if (mean == null && samples == 0) {
            throw new IllegalArgumentException("There is no metric '" + name
                    + "', for no sample was judged. Is the split empty, or was every batch of it skipped?");
        }
        if (mean == null) {
            throw new IllegalArgumentException(
                    "No step reported a metric '" + name + "'; known are " + means.keySet() + ".");
        }
        return mean;
    }
}
