package io.afnio4j.optim;

import io.afnio4j.autodiff.SampleGradient;
import io.afnio4j.autodiff.Variable;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One parameter on its way to a new value.
 *
 * @param parameter the parameter
 * @param before its value when the step began
 * @param feedback what the model is shown of its gradients
 * @param past earlier values and their feedback
 * @param after the new value, once there is one; until then the old one
 */
record Rewrite(Variable parameter, String before, List<String> feedback, List<History.Entry> past, String after) {

    static Rewrite of(Variable parameter, List<Variable> feedback, History history) {
        String value = parameter.text();
        List<String> texts = feedback.stream().map(Variable::text).toList();
        return new Rewrite(parameter, value, texts, history.entries(), value);
    }

    /** What a parameter's gradients say, text by text, blank ones left out. */
    static List<Variable> feedback(Variable parameter) {
        return parameter.grad().stream()
                .flatMap(Rewrite::scalars)
                .filter(gradient -> !gradient.text().isBlank())
                .toList();
    }

    private static Stream<Variable> scalars(Variable gradient) {
        List<String> texts = gradient.texts();
        return gradient.value().isList()
                ? IntStream.range(0, texts.size())
                        .mapToObj(sample -> new SampleGradient(texts.get(sample), gradient.role(), sample))
                : Stream.of(gradient);
    }

    Rewrite to(String value) {
        return new Rewrite(parameter, before, feedback, past, value);
    }
}
