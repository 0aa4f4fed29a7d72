package io.afnio4j.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * How the scores of a batch become one, with words for the explanation: a name such as {@code sum}, and what it is for.
 */
public final class Reduction {

    /** They are added up. */
    public static final Reduction SUM = of("sum", "to see how many points there are", Reduction::sum);

    /** They are averaged. */
    public static final Reduction MEAN = new Reduction(
            "mean", "to see how a sample does on average", scores -> sum(scores) / Math.max(1, scores.size()));

    /** They stay as they are: a list. */
    public static final Reduction NONE = new Reduction(
            "list",
            "to see each sample",
            scores -> scores.stream().map(Reduction::natural).toList());

    private final String name;
    private final String purpose;
    private final Function<List<Double>, Object> function;

    private Reduction(String name, String purpose, Function<List<Double>, Object> function) {
        this.name = name;
        this.purpose = purpose;
        this.function = function;
    }

    /**
     * A reduction of your own.
     *
     * @param name what the aggregate is called, for example {@code minimum}
     * @param purpose what it is for, for example {@code to see the worst sample}
     * @param function makes one number of the scores, one per sample in order
     * @return the reduction
     */
    public static Reduction of(String name, String purpose, ToDoubleFunction<List<Double>> function) {
        // A copy: whoever looks for the median sorts them.
        return new Reduction(name, purpose, scores -> natural(function.applyAsDouble(new ArrayList<>(scores))));
    }

    /** A score as people write it: a whole number where it is one. */
    static Number natural(double score) {
        return score == Math.rint(score) && Math.abs(score) < 1e15 ? (Number) (long) score : (Number) score;
    }

    private static double sum(List<Double> scores) {
        return scores.stream().mapToDouble(Double::doubleValue).sum();
    }

    String name() {
        return name;
    }

    String purpose() {
        return purpose;
    }

    Object of(List<Double> scores) {
        return function.apply(scores);
    }
}
