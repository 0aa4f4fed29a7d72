package io.afnio4j.autodiff;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Capital letters: see {@link Variable#upper}. */
final class Upper extends PureFunction {

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        Value input = context.input(0);
        return List.of(new Variable(input.mapTexts(text -> text.toUpperCase(Locale.ROOT), input.role()), false));
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        return Mono.just(context.relayToAll(gradients.get(0)));
    }
}
