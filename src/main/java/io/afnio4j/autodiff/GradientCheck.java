package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Whether what a node's backward gave can be sent on: one gradient per input, each of its input's shape; and what a reducer gave: texts. */
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

    /** Asks a reducer, and lets what it gives pass where that is one scalar text or several. */
    static Mono<List<Variable>> reduced(
            GradientReducer reducer, List<Variable> gradients, GradientReducer.Answers answers) {
        return Mono.defer(() -> {
            Mono<List<Variable>> asked = reducer.reduce(gradients, answers);
            if (asked == null) {
                throw wrong(reducer, gradients, "null instead of a Mono");
            }
            return asked.switchIfEmpty(Mono.error(() -> wrong(reducer, gradients, "an empty Mono")))
                    .doOnNext(reduced -> checkTexts(reducer, gradients, reduced));
        });
    }

    private static void checkTexts(GradientReducer reducer, List<Variable> gradients, List<Variable> reduced) {
        if (reduced.isEmpty()) {
            throw wrong(reducer, gradients, "an empty list");
        }
        for (Variable gradient : reduced) {
            if (gradient == null) {
                throw wrong(reducer, gradients, "a list with null in it");
            }
            if (Gradients.form(gradient) != Gradients.SCALAR) {
                throw wrong(reducer, gradients, gradient.value().shape() + " among its gradients");
            }
        }
    }

    private static IllegalStateException wrong(GradientReducer reducer, List<Variable> gradients, String came) {
        return new IllegalStateException("The reducer " + reducer.getClass().getSimpleName()
                + " must give a list of one scalar text or more as "
                + gradients.get(0).role() + ", but gave " + came
                + ".");
    }

    /** Often one gradient goes to all inputs, so it is looked at once; and most are words, which fit by their number alone. */
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
