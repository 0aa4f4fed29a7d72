package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Variable;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A function whose backward makes one call, whatever that is, and passes its gradient on: what a node that asks costs
 * without its prompt.
 */
final class Asking extends PureFunction {

    private final Mono<?> call;

    Asking(Mono<?> call) {
        this.call = call;
    }

    @Override
    protected int modelCalls() {
        return 1;
    }

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        return List.of(new Variable("answer", "answer"));
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        List<@Nullable Variable> same = Collections.nCopies(context.inputs(), gradients.get(0));
        return context.once("call", call.map(answer -> same));
    }
}
