package io.afnio4j.autodiff;

import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** The end of every path: where a leaf's gradients gather until the pass has succeeded. */
final class AccumulateGrad extends Node {

    private final Variable leaf;
    private final GradientEdge edge = new GradientEdge(this, 0);

    AccumulateGrad(Variable leaf) {
        this.leaf = leaf;
    }

    GradientEdge edge() {
        return edge;
    }

    @Override
    public String name() {
        return "AccumulateGrad";
    }

    @Override
    public List<GradientEdge> nextFunctions() {
        return List.of();
    }

    @Override
    int edges() {
        return 0;
    }

    @Override
    GradientEdge edge(int input) {
        throw new IndexOutOfBoundsException(input);
    }

    @Override
    int outputs() {
        return 1;
    }

    @Override
    public String role() {
        return leaf.role();
    }

    @Override
    public Variable variable() {
        return leaf;
    }

    @Override
    int expectedCalls(ContextView pass, @Nullable BitSet leftOut) {
        return 0;
    }

    @Override
    int modelCalls() {
        return 0;
    }

    @Override
    Mono<List<@Nullable Variable>> backward(
            List<@Nullable Variable> gradients, boolean createGraph, @Nullable BitSet leftOut) {
        return Mono.just(List.of());
    }

    @Override
    int form(int input) {
        throw new IndexOutOfBoundsException(input);
    }

    @Override
    Value output(int outputNr) {
        return leaf.value();
    }

    @Override
    @Nullable String objection(int input, Variable gradient) {
        return null;
    }

    @Override
    <T> Mono<T> once(Object question, Mono<T> ask) {
        return ask;
    }

    @Override
    boolean isReleased() {
        return false;
    }

    @Override
    void release() {}

    @Override
    void forget() {}

    @Override
    void tellShared(BiConsumer<Object, Object> hearing) {}
}
