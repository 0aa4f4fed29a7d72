package io.afnio4j.ops;

import java.util.List;

/** How the scores of a batch become one. */
public enum Reduction {
    /** They are added up. */
    SUM("sum"),
    /** They are averaged. */
    MEAN("mean"),
    /** They stay as they are: a list. */
    NONE("list");

    private final String words;

    Reduction(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }

    Object of(List<Double> scores) {
        double sum = scores.stream().mapToDouble(Double::doubleValue).sum();
        return switch (this) {
            case SUM -> Numbers.natural(sum);
            case MEAN -> scores.isEmpty() ? 0.0 : sum / scores.size();
            case NONE -> scores.stream().map(Numbers::natural).toList();
        };
    }
}
