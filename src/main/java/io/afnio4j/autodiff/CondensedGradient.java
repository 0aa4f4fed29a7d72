package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Feedback that was condensed from other feedback, which it remembers, and with it {@linkplain SampleGradient#samplesOf
 * the samples} that it comes from.
 */
public final class CondensedGradient extends Variable {

    private final List<Variable> sources;

    /**
     * Makes a gradient.
     *
     * @param data a text, or for a batch a list of texts
     * @param role as that of its sources
     * @param sources what it was condensed from, in graph order and within a batch in sample order
     */
    public CondensedGradient(Object data, String role, List<Variable> sources) {
        super(data, role);
        this.sources = List.copyOf(sources);
    }

    /**
     * What this gradient was condensed from.
     *
     * @return gradients as the functions gave them, in graph order and within a batch in sample order; that of one
     *     sample is a {@link SampleGradient}
     */
    public List<Variable> sources() {
        return sources;
    }

    /**
     * What any gradient was condensed from, also where it has been passed on since.
     *
     * @param gradient a gradient
     * @return its sources; empty where it is first-hand
     */
    public static List<Variable> sourcesOf(Variable gradient) {
        return RelayedGradient.originalOf(gradient) instanceof CondensedGradient condensed
                ? condensed.sources
                : List.of();
    }

    CondensedGradient as(String role) {
        return new CondensedGradient(Objects.requireNonNull(data()), role, sources);
    }

    /** The sources of all of them together; one that is first-hand is its own source. */
    static List<Variable> sourcesOf(List<Variable> gradients) {
        List<Variable> sources = new ArrayList<>();
        for (Variable gradient : gradients) {
            List<Variable> own = sourcesOf(gradient);
            sources.addAll(own.isEmpty() ? List.of(gradient) : own);
        }
        return sources;
    }
}
