package io.afnio4j.ops;

import io.afnio4j.autodiff.Variable;
import java.util.List;

/**
 * What an evaluator found. Walk back from the explanation: {@code evaluation.explanation().backward()}.
 *
 * @param score how good the prediction is: a number, or one per sample where the scores are not reduced
 * @param explanation why, in words
 */
public record Evaluation(Variable score, Variable explanation) {

    static Evaluation of(List<Variable> outputs) {
        return new Evaluation(outputs.get(0), outputs.get(1));
    }
}
