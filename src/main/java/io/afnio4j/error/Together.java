package io.afnio4j.error;

import java.util.List;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Several pieces of work at the same time: what they give, in the order of the list, and what it means when some of them fail. */
public final class Together {

    private Together() {}

    /**
     * Cancels the others as soon as one has failed, for work whose results are of use only together.
     *
     * @param work what to do, each with one result
     * @param <T> the results' type
     * @return the results, in order; or the failure that came first
     */
    public static <T> Mono<List<T>> orFirstFailure(List<Mono<T>> work) {
        return work.isEmpty() ? Mono.just(List.of()) : Mono.zip(work, Together::results);
    }

    /**
     * Waits for the others when one has failed, for work that is paid for and whose results are kept for the next try.
     *
     * @param work what to do, each with one result
     * @param <T> the results' type
     * @return the results, in order; or the first failure in the order of the list, which has the others as suppressed
     */
    public static <T> Mono<List<T>> allThenFailures(List<Mono<T>> work) {
        return work.isEmpty()
                ? Mono.just(List.of())
                : Mono.zipDelayError(work, Together::<T>results).onErrorMap(Exceptions::isMultiple, Together::firstOf);
    }

    @SuppressWarnings("unchecked") // zip hands over what each of them gave
    private static <T> List<T> results(Object[] results) {
        return (List<T>) List.of(results);
    }

    private static Throwable firstOf(Throwable several) {
        List<Throwable> failures = Exceptions.unwrapMultiple(several);
        Throwable first = failures.get(0);
        failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        return first;
    }
}
