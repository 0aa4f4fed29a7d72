package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.Variable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * How much longer a leaf's gradient becomes with the depth of the graph. Nothing is timed: the lengths are the same in
 * every run.
 */
final class TextGrowth {

    private static final int DEPTH = 15;

    private TextGrowth() {}

    /** Nested sums, each of the last one and a new text. */
    static double ofNestedSums() {
        return growth(inner -> Variable.sum(List.of(inner, new Variable("one more answer", "one more answer"))));
    }

    /** Nested sums, each of the last one with itself: 32,768 paths lead to the leaf. */
    static double ofDoubledSums() {
        return growth(inner -> Variable.sum(List.of(inner, inner)));
    }

    private static double growth(UnaryOperator<Variable> sum) {
        return (double) length(DEPTH, sum) / length(1, sum);
    }

    private static long length(int depth, UnaryOperator<Variable> sum) {
        Variable leaf = new Variable("answer", "answer", true);
        Variable root = leaf;
        for (int i = 0; i < depth; i++) {
            root = sum.apply(root);
        }
        root.backward(new Variable(Texts.FEEDBACK, "feedback")).block();
        return leaf.grad().stream()
                .mapToLong(gradient -> Objects.toString(gradient.data()).length())
                .sum();
    }
}
