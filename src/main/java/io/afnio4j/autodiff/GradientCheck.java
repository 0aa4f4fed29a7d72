package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether what a node's backward gave can be sent on: one gradient per input, each of its input's shape. */
final class GradientCheck {

    private static final String RELEASED_MEANWHILE =
            "Another backward pass has been through this graph meanwhile and has given up its saved values.";

    private GradientCheck() {}

    /**
     * Lets gradients pass that fit.
     *
     * @return the same gradients
     * @throws IllegalStateException that names the node, what was expected and what came
     */
    static List<@Nullable Variable> checked(
            Plan plan, int number, Node node, @Nullable List<@Nullable Variable> gradients) {
        int expected = plan.endOfEdges(number) - plan.firstEdge(number);
        if (gradients == null || gradients.size() != expected) {
            throw new IllegalStateException(
                    node.name() + " must give one gradient per input, " + expected + " in all, but gave "
                            + (gradients == null ? "none" : gradients.size())
                            + ". Use null for an input that needs none.");
        }
        if (node.isReleased()) { // by another pass, meanwhile
            throw new IllegalStateException(RELEASED_MEANWHILE);
        }
        checkForms(plan, number, node, gradients);
        return gradients;
    }

    /**
     * Often one gradient goes to all inputs, so it is looked at once; and most are words, which fit by their number
     * alone.
     */
    private static void checkForms(Plan plan, int number, Node node, List<@Nullable Variable> gradients) {
        int first = plan.firstEdge(number);
        Variable last = null;
        int form = Gradients.UNUSUAL;
        for (int input = 0; input < gradients.size(); input++) {
            Variable gradient = gradients.get(input);
            if (gradient == null || plan.target(first + input) == Plan.NOWHERE) {
                continue;
            }
            if (gradient != last) {
                last = gradient;
                form = Gradients.form(gradient);
            }
            String objection =
                    form != Gradients.UNUSUAL && form == node.form(input) ? null : node.objection(input, gradient);
            if (objection != null) {
                throw new IllegalStateException(node.name() + " must give a gradient of its shape to input " + input
                        + ", but " + objection + ".");
            }
        }
    }
}
