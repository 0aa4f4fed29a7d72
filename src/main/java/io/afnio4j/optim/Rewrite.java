package io.afnio4j.optim;

import io.afnio4j.autodiff.Variable;
import java.util.List;

/**
 * One parameter on its way to a new value.
 *
 * @param parameter the parameter
 * @param before its value when the step began
 * @param feedback what its gradients say, blank ones left out
 * @param past earlier values and their feedback
 * @param after the new value, once there is one; until then the old one
 */
record Rewrite(Variable parameter, String before, List<String> feedback, List<History.Entry> past, String after) {

    static Rewrite of(Variable parameter, History history) {
        List<String> feedback = parameter.grad().stream()
                .flatMap(gradient -> gradient.texts().stream())
                .filter(text -> !text.isBlank())
                .toList();
        String value = parameter.text();
        return new Rewrite(parameter, value, feedback, history.entries(), value);
    }

    Rewrite to(String value) {
        return new Rewrite(parameter, before, feedback, past, value);
    }
}
