package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A function made to order: its outputs bear its name, its backward does what the test says and is counted. */
@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
final class Probe extends PureFunction {

    interface Backward extends BiFunction<FunctionContext, List<@Nullable Variable>, Mono<List<@Nullable Variable>>> {}

    final AtomicInteger visits = new AtomicInteger();
    private final String name;
    private final Backward backward;
    private int outputs = 1;
    private int modelCalls;

    private Probe(String name, Backward backward) {
        this.name = name;
        this.backward = backward;
    }

    static Probe of(String name, Backward backward) {
        return new Probe(name, backward);
    }

    /** Gives every input the first gradient that came, unchanged. */
    static Probe passing(String name) {
        return of(name, (context, gradients) -> Mono.just(toAll(context, gradients)));
    }

    /** The same, once the signal says so. */
    static Probe waiting(String name, Mono<?> signal) {
        return of(name, (context, gradients) -> signal.thenReturn(toAll(context, gradients)));
    }

    /** Says of every input {@code name(what came)}, so that a gradient tells its way through the graph. */
    static Probe telling(String name, Mono<?> signal) {
        return of(name, (context, gradients) -> signal.thenReturn(told(name, context, gradients)));
    }

    static Probe failing(String name, Throwable failure) {
        return of(name, (context, gradients) -> Mono.error(failure));
    }

    Probe outputs(int count) {
        this.outputs = count;
        return this;
    }

    Probe modelCalls(int count) {
        this.modelCalls = count;
        return this;
    }

    static List<@Nullable Variable> toAll(FunctionContext context, List<@Nullable Variable> gradients) {
        List<@Nullable Variable> same = new ArrayList<>(context.inputs());
        for (int i = 0; i < context.inputs(); i++) {
            same.add(gradients.get(0));
        }
        return same;
    }

    static List<@Nullable Variable> told(String name, FunctionContext context, List<@Nullable Variable> gradients) {
        StringBuilder came = new StringBuilder();
        for (Variable gradient : gradients) {
            came.append(came.isEmpty() ? "" : ",").append(gradient == null ? "-" : gradient.text());
        }
        List<@Nullable Variable> told = new ArrayList<>(context.inputs());
        for (int i = 0; i < context.inputs(); i++) {
            told.add(context.needsInputGrad(i) ? Passes.feedback(name + i + "(" + came + ")") : null);
        }
        return told;
    }

    @Override
    protected String name() {
        return name;
    }

    @Override
    protected int modelCalls() {
        return modelCalls;
    }

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        List<Variable> made = new ArrayList<>(outputs);
        for (int i = 0; i < outputs; i++) {
            made.add(new Variable(name, name));
        }
        return made;
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        visits.incrementAndGet();
        return backward.apply(context, gradients);
    }
}
