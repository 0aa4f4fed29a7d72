package io.afnio4j.ops;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Calls that are made at the same time and answered in the order of the list. */
final class Calls {

    private Calls() {}

    /** Cancels the others as soon as one has failed: there will be no result to use them in. */
    static Mono<List<String>> orFirstFailure(List<Mono<String>> calls) {
        return calls.isEmpty() ? Mono.just(List.of()) : Mono.zip(calls, Calls::texts);
    }

    /** Waits for the others when one has failed: they are paid for, and what they bring is kept for the next try. */
    static Mono<List<String>> allThenFailures(List<Mono<String>> calls) {
        if (calls.size() == 1) {
            return calls.get(0).map(List::of); // nearly every node of an unbatched program: no need to wait for others
        }
        return calls.isEmpty()
                ? Mono.just(List.of())
                : Mono.zipDelayError(calls, Calls::texts).onErrorMap(Exceptions::isMultiple, Calls::firstOf);
    }

    private static List<String> texts(Object[] answers) {
        return Arrays.stream(answers)
                .map((Function<Object, String>) String.class::cast)
                .toList();
    }

    private static Throwable firstOf(Throwable several) {
        List<Throwable> failures = Exceptions.unwrapMultiple(several);
        Throwable first = failures.get(0);
        failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        return first;
    }
}
