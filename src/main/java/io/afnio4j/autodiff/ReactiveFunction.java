package io.afnio4j.autodiff;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * A {@link Function} whose result takes a call. Applying it asks for nothing yet; each subscription asks anew, gives
 * new variables and has a node of its own. Whether it is watched is decided by the {@link GradMode} in which the
 * {@code Mono} was made and the one of the subscription: both must be on.
 */
public abstract non-sealed class ReactiveFunction extends Function {

    protected ReactiveFunction() {}

    /**
     * Asks for the outputs.
     *
     * @param context where to save what backward needs beside inputs and outputs
     * @param inputs the inputs
     * @return new variables, at least one; a function that makes none is an {@link IllegalStateException}
     */
    protected abstract Mono<List<Variable>> forward(FunctionContext context, List<Variable> inputs);

    /**
     * Applies a function of one output.
     *
     * @param inputs the inputs
     * @return the output
     */
    public final Mono<Variable> apply(Variable... inputs) {
        return applyAll(List.of(inputs)).map(outputs -> outputs.get(0));
    }

    /**
     * Applies the function.
     *
     * @param inputs the inputs
     * @return its outputs
     */
    public final Mono<List<Variable>> applyAll(List<Variable> inputs) {
        boolean enabledHere = GradMode.isEnabled();
        List<Variable> given = List.copyOf(inputs); // what it is called with, whenever and how often it runs
        return Mono.deferContextual(subscription -> {
            boolean enabled = enabledHere && GradMode.isEnabled(subscription);
            FunctionContext context = contextFor(given);
            GradientEdge[] edges = edges(context, given, enabled);
            Mono<List<Variable>> made = forward(context, given);
            if (made == null) {
                throw wrongOutput("null instead of a Mono");
            }
            return made.map(outputs -> track(context, given, edges, outputs))
                    .switchIfEmpty(Mono.error(() -> wrongOutput("an empty Mono")));
        });
    }
}
