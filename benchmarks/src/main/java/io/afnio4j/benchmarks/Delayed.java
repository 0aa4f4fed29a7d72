package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Variable;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A function whose backward takes a fixed time on Reactor's timers and nothing else: what a call costs without its prompt. */
final class Delayed extends PureFunction {

    private final Duration delay;

    Delayed(Duration delay) {
        this.delay = delay;
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
        return context.once("call", Mono.delay(delay).map(tick -> same));
    }
}
