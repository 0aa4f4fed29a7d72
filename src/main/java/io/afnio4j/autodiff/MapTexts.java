package io.afnio4j.autodiff;

import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Any change of each text, with feedback going straight through: see {@link Variable#map}. */
final class MapTexts extends PureFunction {

    private final UnaryOperator<String> change;
    private final String role;

    MapTexts(UnaryOperator<String> change, String role) {
        this.change = change;
        this.role = role;
    }

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        return List.of(new Variable(context.input(0).mapTexts(change, role), false));
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        Variable gradient = gradients.get(0);
        Variable readdressed = gradient == null
                ? null
                : context.tie(
                        0,
                        RelayedGradient.readdressed(gradient, context.input(0).role()),
                        gradients);
        return Mono.just(Collections.<@Nullable Variable>singletonList(readdressed));
    }
}
