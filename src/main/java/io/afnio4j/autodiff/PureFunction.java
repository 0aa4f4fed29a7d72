package io.afnio4j.autodiff;

import java.util.List;

/** A {@link Function} whose result is there at once. */
public abstract non-sealed class PureFunction extends Function {

    protected PureFunction() {}

    /**
     * Computes the outputs.
     *
     * @param context where to save what backward needs beside inputs and outputs
     * @param inputs the inputs
     * @return new variables, at least one; a function that makes none is an {@link IllegalStateException}
     */
    protected abstract List<Variable> forward(FunctionContext context, List<Variable> inputs);

    /**
     * Applies a function of one output.
     *
     * @param inputs the inputs
     * @return the output
     */
    public final Variable apply(Variable... inputs) {
        return applyAll(List.of(inputs)).get(0);
    }

    /**
     * Applies the function.
     *
     * @param inputs the inputs
     * @return its outputs
     */
    public final List<Variable> applyAll(List<Variable> inputs) {
        FunctionContext context = contextFor(inputs);
        GradientEdge[] edges = edges(context, inputs, GradMode.isEnabled());
        return track(context, inputs, edges, forward(context, inputs));
    }
}
