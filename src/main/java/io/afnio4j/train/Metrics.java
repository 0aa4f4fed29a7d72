package io.afnio4j.train;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Averages over samples. Adding two of them weighs each by its samples, so that a smaller last batch counts for what it is.
 *
 * @param samples how many samples were judged
 * @param means the averages by name
 */
public record Metrics(long samples, Map<String, Double> means) {

    /** No samples. */
    public static final Metrics NONE = new Metrics(0, Map.of());

    public Metrics {
        means = Collections.unmodifiableMap(new TreeMap<>(means));
    }

    /**
     * Both together.
     *
     * @param other averages over other samples
     * @return averages over all samples
     */
    public Metrics plus(Metrics other) {
        long all = samples + other.samples;
        Map<String, Double> joined = new TreeMap<>();
        means.forEach((name, mean) -> joined.merge(name, mean * samples / Math.max(1, all), Double::sum));
        other.means.forEach((name, mean) -> joined.merge(name, mean * other.samples / Math.max(1, all), Double::sum));
        return new Metrics(all, joined);
    }

    /**
     * One average.
     *
     * @param name its name
     * @return its value
     * @throws IllegalArgumentException where no step reported it
     */
    public double mean(String name) {
        Double mean = means.get(name);
        if (mean == null) {
            throw new IllegalArgumentException(
                    "No step reported a metric '" + name + "'; known are " + means.keySet() + ".");
        }
        return mean;
    }
}
