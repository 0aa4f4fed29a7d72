package io.afnio4j.autodiff;

import java.util.List;

/**
 * Several gradients that travel one edge: those that the samples of a batch give to a single variable that served them
 * all, such as a prompt. A leaf receives each of them as an entry of its own, in the order given here; a variable in
 * the middle of the graph receives them joined.
 */
public final class GradientBundle extends Variable {

    private final List<Variable> gradients;

    private GradientBundle(List<Variable> gradients) {
        super(gradients.stream().map(Variable::text).toList(), gradients.get(0).role());
        this.gradients = gradients;
    }

    /**
     * Bundles gradients.
     *
     * @param gradients scalars for the same scalar variable, in sample order, at least one
     * @return the bundle
     */
    public static GradientBundle of(List<Variable> gradients) {
        if (gradients.isEmpty()) {
            throw new IllegalArgumentException(
                    "A bundle needs at least one gradient. Where there is none, return null.");
        }
        return new GradientBundle(List.copyOf(gradients));
    }

    /**
     * What is in the bundle.
     *
     * @return the gradients in sample order
     */
    public List<Variable> gradients() {
        return gradients;
    }
}
