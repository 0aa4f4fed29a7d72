package io.afnio4j.cognitive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Runs forward branches that don't depend on each other at the same time. After a failure what was sent is waited for
 * and nothing more is asked, as in a {@link MapOver}, which has further options; {@link Mono#zip(Mono, Mono)} takes
 * branches of different types.
 *
 * <pre>{@code
 * Parallel.of(optimist.forward(question), pessimist.forward(question))
 *         .flatMap(opinions -> judge.forward(Variable.sum(opinions)))
 * }</pre>
 */
public final class Parallel {

    private Parallel() {}

    /**
     * Runs branches.
     *
     * @param branches each gives exactly one result
     * @param <T> what they give
     * @return the results in the order of the branches
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // List.of only reads
    public static <T> Mono<List<T>> of(Mono<? extends T>... branches) {
        return of(List.of(branches));
    }

    /**
     * Runs branches.
     *
     * @param branches each gives exactly one result
     * @param <T> what they give
     * @return the results in the order of the branches
     */
    public static <T> Mono<List<T>> of(List<? extends Mono<? extends T>> branches) {
        return MapOver.<Mono<? extends T>, T>of(Function.identity()).over(branches);
    }

    /**
     * Runs named branches.
     *
     * @param branches each gives exactly one result; a {@code LinkedHashMap} has the same order in each run, a
     *     {@code Map.of} has not
     * @param <T> what they give
     * @return the results by name, in the order of the branches
     */
    public static <T> Mono<Map<String, T>> of(Map<String, ? extends Mono<? extends T>> branches) {
        List<String> names = new ArrayList<>(branches.keySet());
        return Parallel.<T>of(new ArrayList<>(branches.values())).map(results -> {
            Map<String, T> named = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                named.put(names.get(i), results.get(i));
            }
            return Collections.unmodifiableMap(named);
        });
    }
}
