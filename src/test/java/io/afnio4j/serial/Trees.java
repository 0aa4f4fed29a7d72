package io.afnio4j.serial;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/**
 * Trees of everything that can be stored, and a form of them that {@code equals} compares: variables compare by
 * identity.
 */
final class Trees {

    private Trees() {}

    record Shown(
            boolean parameter, @Nullable Object data, String role, boolean requiresGrad, List<@Nullable Object> grad) {}

    static @Nullable Object shown(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            List<@Nullable Object> pairs = new ArrayList<>(); // a list, since the order counts
            map.forEach((key, element) -> pairs.add(new Pair(key, shown(element))));
            return pairs;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>();
            list.forEach(element -> elements.add(shown(element)));
            return elements;
        }
        if (value instanceof Variable variable) {
            List<@Nullable Object> grad = new ArrayList<>();
            variable.grad().forEach(gradient -> grad.add(shown(gradient)));
            return new Shown(
                    variable instanceof Parameter, variable.data(), variable.role(), variable.requiresGrad(), grad);
        }
        if (value instanceof Message message) {
            return new Pair(message.role(), shown(message.parts()));
        }
        return value;
    }

    record Pair(Object key, @Nullable Object value) {}

    static Arbitrary<Object> roots() {
        return Arbitraries.oneOf(maps(2), lists(2), variables(2), messages(), leaves());
    }

    private static Arbitrary<Object> values(int depth) {
        return depth == 0
                ? Arbitraries.oneOf(leaves().injectNull(0.1), variables(1))
                : Arbitraries.oneOf(
                        leaves().injectNull(0.1), variables(1), messages(), lists(depth - 1), maps(depth - 1));
    }

    private static Arbitrary<Object> leaves() {
        return Arbitraries.oneOf(texts(), Arbitraries.longs(), reals(), Arbitraries.of(true, false));
    }

    /** Any chars at all: quotes, control characters, halves of surrogate pairs, and our own marks. */
    private static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(20),
                Arbitraries.strings().withCharRange('\ud7f0', '\ue00f').ofMaxLength(5),
                Arbitraries.of(
                        "", "$", "$type", "$$type", "value", "parameter", "NaN", "{name}", "\ud83d\ude00", "\ud83d"));
    }

    private static Arbitrary<Double> reals() {
        return Arbitraries.oneOf(
                Arbitraries.doubles(),
                Arbitraries.of(
                        Double.NaN,
                        Double.NEGATIVE_INFINITY,
                        Double.POSITIVE_INFINITY,
                        -0.0,
                        Double.MIN_VALUE,
                        1.0,
                        1e300));
    }

    private static Arbitrary<Object> lists(int depth) {
        return values(depth).list().ofMaxSize(4).map(list -> list);
    }

    private static Arbitrary<Object> maps(int depth) {
        return Combinators.combine(
                        texts().list().ofMaxSize(4).uniqueElements(),
                        values(depth).list().ofSize(4))
                .as((keys, values) -> {
                    Map<String, Object> map = new LinkedHashMap<>();
                    keys.forEach(key -> map.put(key, values.get(map.size())));
                    return map;
                });
    }

    private static Arbitrary<Object> variables(int depth) {
        Arbitrary<List<Variable>> grads = depth == 0
                ? Arbitraries.just(List.of())
                : variables(depth - 1)
                        .map(gradient -> (Variable) gradient)
                        .list()
                        .ofMaxSize(2);
        return Combinators.combine(data(), texts(), Arbitraries.of(true, false), Arbitraries.of(true, false), grads)
                .as((data, role, requiresGrad, parameter, grad) -> {
                    Variable variable = parameter
                            ? new Parameter(data, role, requiresGrad)
                            : new Variable(data, role, requiresGrad);
                    variable.grad(grad);
                    return variable;
                });
    }

    private static Arbitrary<Object> messages() {
        return Combinators.combine(
                        Arbitraries.of("system", "developer", "user", "assistant"),
                        variables(0)
                                .map(Variable.class::cast)
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(3))
                .as(Message::new);
    }

    private static Arbitrary<Object> data() {
        Arbitrary<Object> scalars = Arbitraries.oneOf(texts(), Arbitraries.longs(), reals());
        Arbitrary<Object> lists = Arbitraries.oneOf(
                texts().list().ofMaxSize(3),
                Arbitraries.longs().list().ofMaxSize(3),
                reals().list().ofMaxSize(3));
        return Arbitraries.oneOf(scalars.injectNull(0.1), lists);
    }
}
