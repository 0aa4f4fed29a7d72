package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The sum of any number of variables: see {@link Variable#sum}. */
final class Sum extends PureFunction {

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        Elements.checkSameShape("sum", inputs);
        List<String> roles = new ArrayList<>(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            roles.add(context.input(i).role());
        }
        return List.of(new Variable(total(context), Items.roles(roles)));
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        return Mono.just(context.relayToAll(gradients.get(0)));
    }

    private static Object total(FunctionContext context) {
        Value first = context.input(0);
        boolean numbers = allNumbers(context);
        if (!first.isList()) {
            return numbers ? number(context, 0) : items(context, 0);
        }
        List<Object> totals = new ArrayList<>(first.size());
        for (int i = 0; i < first.size(); i++) {
            totals.add(numbers ? number(context, i) : items(context, i));
        }
        return totals;
    }

    private static Object number(FunctionContext context, int index) {
        Object sum = 0L;
        for (int i = 0; i < context.inputs(); i++) {
            sum = Elements.add(sum, context.input(i).elements().get(index));
        }
        return sum;
    }

    private static String items(FunctionContext context, int index) {
        List<String> texts = new ArrayList<>(context.inputs());
        for (int i = 0; i < context.inputs(); i++) {
            texts.add(context.input(i).text(index));
        }
        return Items.join(texts);
    }

    private static boolean allNumbers(FunctionContext context) {
        for (int i = 0; i < context.inputs(); i++) {
            if (!context.input(i).isNumeric()) {
                return false;
            }
        }
        return true;
    }
}
