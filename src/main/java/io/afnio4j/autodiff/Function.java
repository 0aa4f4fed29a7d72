package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Something that makes variables from variables and knows how feedback on the outputs becomes feedback on the inputs.
 * Write your own by extending {@link PureFunction} where the result is there at once, or {@link ReactiveFunction} where
 * it takes a call:
 *
 * <pre>{@code
 * final class Reverse extends PureFunction {
 *     protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
 *         Value reversed = context.input(0).mapTexts(text -> new StringBuilder(text).reverse().toString(), "reversed text");
 *         return List.of(new Variable(reversed.data(), reversed.role()));
 *     }
 *
 *     protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
 *         return Mono.just(context.relayToAll(gradients.get(0)));
 *     }
 * }
 *
 * Variable reversed = new Reverse().apply(text);
 * }</pre>
 *
 * <p>A function's object may be applied many times and by several threads; what one application needs later is in its
 * {@link FunctionContext}.
 */
public abstract sealed class Function permits PureFunction, ReactiveFunction {

    Function() {}

    /**
     * The name that the nodes of this function bear before {@code Backward0}.
     *
     * @return the class's simple name, {@code Function} for an anonymous class, unless overridden
     */
    protected String name() {
        String name = getClass().getSimpleName();
        return name.isEmpty() ? "Function" : name;
    }

    /**
     * How many calls to a model a backward step makes one after the other. The engine lets the longest chain of calls
     * go first.
     *
     * @return 0, unless overridden; never negative
     */
    protected int modelCalls() {
        return 0;
    }

    /**
     * How many calls to a model a backward step makes where there is something to say about each sample and each answer
     * can be used, for those who want to know what a pass may cost. What only the answers show isn't in it:
     * {@link BackwardEvent.Planned} says what makes fewer or more of them.
     *
     * @param context the inputs and outputs as forward saw them, which inputs need a gradient, and whether the pass
     *     creates a graph
     * @param subscription the context of the pass, in which stands who is going to be asked
     * @return {@link #modelCalls()}, unless overridden; what is thrown instead is dropped and counts as none
     */
    protected int expectedCalls(FunctionContext context, ContextView subscription) {
        return modelCalls();
    }

    /**
     * Turns gradients of the outputs into gradients of the inputs.
     *
     * @param context the inputs and outputs as forward saw them, and which inputs need a gradient
     * @param gradients one per output: what should change in it; null where nothing is to be said about it
     * @return one per input, of the input's shape; null where none is needed or nothing is to be said
     */
    protected abstract Mono<List<@Nullable Variable>> backward(
            FunctionContext context, List<@Nullable Variable> gradients);

    final FunctionContext contextFor(List<Variable> inputs) {
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException(name() + " needs at least one variable.");
        }
        return new FunctionContext(inputs);
    }

    /**
     * Where the gradients of the inputs are to go, in the moment in which forward sees them: later they may be other
     * variables' sums. Null where nobody watches.
     */
    static GradientEdge @Nullable [] edges(FunctionContext context, List<Variable> inputs, boolean enabled) {
        if (!enabled || !context.needsAnyGrad()) {
            return null;
        }
        GradientEdge[] edges = new GradientEdge[inputs.size()];
        for (int i = 0; i < edges.length; i++) {
            edges[i] = context.needsInputGrad(i) ? inputs.get(i).gradientEdge() : GradientEdge.NONE;
        }
        return edges;
    }

    /** Ties the outputs to the graph, where somebody watches. */
    final List<Variable> track(
            FunctionContext context,
            List<Variable> inputs,
            GradientEdge @Nullable [] edges,
            @Nullable List<Variable> made) {
        List<Variable> outputs = checked(made);
        if (edges == null) {
            return outputs;
        }
        context.outputs(outputs);
        Node node = new FunctionNode(this, context, edges, outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
            Variable output = outputs.get(i);
            if (output.gradFn() != null || output.requiresGrad() || inputs.contains(output)) {
                throw new IllegalStateException(
                        name() + " must return new variables that don't require grad, but returned " + output + ".");
            }
            output.madeBy(node, i);
        }
        return outputs;
    }

    /** What forward made, which is at least one variable. */
    private List<Variable> checked(@Nullable List<Variable> made) {
        if (made == null || made.isEmpty()) {
            throw wrongOutput(made == null ? "null" : "an empty list");
        }
        for (Variable output : made) {
            if (output == null) {
                throw wrongOutput("a list with null in it");
            }
        }
        return made;
    }

    final IllegalStateException wrongOutput(String came) {
        return new IllegalStateException(
                name() + " must return a list of at least one new variable from forward, but returned " + came + ".");
    }
}
