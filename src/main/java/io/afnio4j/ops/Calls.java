package io.afnio4j.ops;

import java.util.List;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Calls that are made at the same time and answered in the order of the list. */
final class Calls {

    private Calls() {}

    /** Cancels the others as soon as one has failed: there will be no result to use them in. */
    static <T> Mono<List<T>> orFirstFailure(List<Mono<T>> calls) {
        return calls.isEmpty() ? Mono.just(List.of()) : Mono.zip(calls, Calls::answers);
    }

    /** Waits for the others when one has failed: they are paid for, and what they bring is kept for the next try. */
    static <T> Mono<List<T>> allThenFailures(List<Mono<T>> calls) {
        return calls.isEmpty()
                ? Mono.just(List.of())
                : Mono.zipDelayError(calls, Calls::<T>answers).onErrorMap(Exceptions::isMultiple, Calls::firstOf);
    }

    @SuppressWarnings("unchecked") // zip hands over what its calls answered
    private static <T> List<T> answers(Object[] answers) {
        return (List<T>) List.of(answers);
    }

    private static Throwable firstOf(Throwable several) {
        List<Throwable> failures = Exceptions.unwrapMultiple(several);
        Throwable first = failures.get(0);
        failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        return first;
    }
}
