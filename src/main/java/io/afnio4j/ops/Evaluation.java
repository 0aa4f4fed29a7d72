package io.afnio4j.ops;

import io.afnio4j.autodiff.Variable;
import java.util.List;

/**
 * What an evaluator found. Walk back from the explanation: {@code evaluation.explanation().backward()}.
 *
 * @param score how good the prediction is: a number, or one per sample where the scores are not reduced
 * @param explanation why, in words
 * @param scores the scores as they were before they were reduced, one per sample in order
 */
public record Evaluation(Variable score, Variable explanation, List<Double> scores) {

    public Evaluation {
        scores = List.copyOf(scores);
    }

    static Evaluation of(List<Variable> outputs, List<Double> scores) {
        return new Evaluation(outputs.get(0), outputs.get(1), scores);
    }
}
