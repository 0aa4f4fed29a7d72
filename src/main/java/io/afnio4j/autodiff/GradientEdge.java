package io.afnio4j.autodiff;

import org.jspecify.annotations.Nullable;

/**
 * Where a variable's gradient goes during a backward pass: to a node, as the gradient of one of the outputs of the
 * function behind it.
 *
 * @param node the node that takes the gradient; null where nobody needs it
 * @param outputNr which output of that function the variable is, from 0
 */
public record GradientEdge(@Nullable Node node, int outputNr) {

    /** The edge of a variable that needs no gradient. */
    public static final GradientEdge NONE = new GradientEdge(null, 0);

    /**
     * The edge of a variable.
     *
     * @param variable a variable that requires grad
     * @return its edge: to the node of the function that made it, or to the node that keeps a leaf's gradients
     * @throws IllegalArgumentException where the variable requires no grad
     */
    public static GradientEdge of(Variable variable) {
        GradientEdge edge = variable.gradientEdge();
        if (edge.node() == null) {
            throw new IllegalArgumentException(
                    "The " + variable.value().named() + " doesn't require grad, so no edge leads to it.");
        }
        return edge;
    }
}
