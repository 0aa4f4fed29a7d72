package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** {@code a + b}: see {@link Variable#plus}. */
final class Add extends PureFunction {

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        Elements.checkSameShape("add", inputs);
        Value a = context.input(0);
        Value b = context.input(1);
        return List.of(new Variable(
                Elements.combine(a.data(), b.data(), Elements::add), Items.roles(List.of(a.role(), b.role()))));
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        return Mono.just(context.relayToAll(gradients.get(0)));
    }
}
