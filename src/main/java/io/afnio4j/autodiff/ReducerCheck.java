package io.afnio4j.autodiff;

import java.util.List;
import reactor.core.publisher.Mono;

/** Whether what a user's reducer gave can take the place of the feedback that it was given. */
final class ReducerCheck {

    private ReducerCheck() {}

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
}
