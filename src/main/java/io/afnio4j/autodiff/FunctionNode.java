package io.afnio4j.autodiff;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** One application of a function, as a step of the backward graph. */
final class FunctionNode extends Node {

    private final Function function;
    private final FunctionContext context;
    private final GradientEdge[] edges;
    private final int outputs;
    private final String role;
    private volatile boolean released; // here and not in the context: plans look at nodes only

    /** @param edges one per input, which belong to this node from now on */
    FunctionNode(Function function, FunctionContext context, GradientEdge[] edges, int outputs) {
        this.function = function;
        this.context = context;
        this.outputs = outputs;
        this.role = context.output(0).role();
        this.edges = edges;
    }

    /** Whether it works with a context. */
    boolean isOf(FunctionContext other) {
        return context == other;
    }

    @Override
    public String name() {
        return function.name() + "Backward0";
    }

    @Override
    public List<GradientEdge> nextFunctions() {
        return Collections.unmodifiableList(Arrays.asList(edges));
    }

    @Override
    int edges() {
        return edges.length;
    }

    @Override
    GradientEdge edge(int input) {
        return edges[input];
    }

    @Override
    int outputs() {
        return outputs;
    }

    @Override
    public String role() {
        return role;
    }

    @Override
    public @Nullable Variable variable() {
        return null;
    }

    @Override
    int expectedCalls(ContextView pass, @Nullable BitSet leftOut) {
        boolean createsGraph = GradMode.isEnabled(pass); // no other pass has its gradients watched
        return function.expectedCalls(context.in(createsGraph ? this : null, leftOut), pass);
    }

    @Override
    int modelCalls() {
        int calls = function.modelCalls();
        if (calls < 0) {
            throw new IllegalStateException(function.name() + " makes " + calls + " calls, as its modelCalls() says.");
        }
        return calls;
    }

    @Override
    Mono<List<@Nullable Variable>> backward(
            List<@Nullable Variable> gradients, boolean createGraph, @Nullable BitSet leftOut) {
        return function.backward(context.in(createGraph ? this : null, leftOut), gradients);
    }

    @Override
    int form(int input) {
        return context.form(input);
    }

    @Override
    Value output(int outputNr) {
        return context.output(outputNr);
    }

    @Override
    @Nullable String objection(int input, Variable gradient) {
        return Gradients.objection(context.input(input), gradient);
    }

    @Override
    <T> Mono<T> once(Object question, Mono<T> ask) {
        return context.once(question, ask);
    }

    @Override
    boolean isReleased() {
        return released;
    }

    @Override
    void release() {
        context.release();
        released = true;
    }

    @Override
    void forget() {
        context.forget();
    }

    @Override
    void tellShared(BiConsumer<Object, Object> hearing) {
        context.tellShared(hearing);
    }
}
