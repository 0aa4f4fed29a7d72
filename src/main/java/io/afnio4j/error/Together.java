package io.afnio4j.error;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * Several pieces of work at the same time: what they give, in the order of the list, and what it means when some of
 * them fail.
 */
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
        if (work.size() <= 1) {
            return work.isEmpty() ? Mono.just(List.of()) : work.get(0).map(List::of);
        }
        return Mono.zipDelayError(work, Together::<T>results)
                .onErrorMap(Exceptions::isMultiple, several -> first(Exceptions.unwrapMultiple(several)));
    }

    /**
     * The same for work whose failure nobody makes good: whoever put an {@link AfterFailure} into the context hears of
     * it at once, and may want the others cancelled.
     *
     * @param work what to do, each with one result
     * @param <T> the results' type
     * @return the results, in order; or as {@link #allThenFailures(List)} or {@link #orFirstFailure} has it
     */
    public static <T> Mono<List<T>> asTheRuleSays(List<Mono<T>> work) {
        if (work.size() <= 1) {
            return allThenFailures(work);
        }
        return Mono.deferContextual(context -> {
            @Nullable AfterFailure rule = context.getOrDefault(AfterFailure.class, null);
            if (rule == null) {
                return allThenFailures(work);
            }
            return rule.cancelsOthers()
                    ? cancelling(work, rule)
                    : allThenFailures(work.stream()
                            .map(each -> each.doOnError(failure -> rule.onFailure()))
                            .toList());
        });
    }

    /**
     * What hears from the rule that it is called off is about to be cancelled, and must not be told of before the
     * failure that it is called off for.
     */
    private static <T> Mono<List<T>> cancelling(List<Mono<T>> work, AfterFailure rule) {
        AtomicBoolean failed = new AtomicBoolean();
        return orFirstFailure(work.stream()
                .map(each -> each.onErrorResume(failure -> {
                    if (failed.getAndSet(true) && CalledOffException.isBehind(failure)) {
                        return Mono.never();
                    }
                    rule.onFailure();
                    return Mono.error(failure);
                }))
                .toList());
    }

    @SuppressWarnings("unchecked") // zip hands over what each of them gave
    private static <T> List<T> results(Object[] results) {
        return (List<T>) List.of(results);
    }

    /**
     * The one failure to tell of where there are several.
     *
     * @param failures at least one
     * @return the first, which has the others as suppressed; what was called off counts only where there is nothing
     *     else
     */
    public static Throwable first(List<Throwable> failures) {
        Throwable first = failures.stream()
                .filter(failure -> !CalledOffException.isBehind(failure))
                .findFirst()
                .orElse(failures.get(0));
        failures.stream()
                .filter(other -> other != first && !CalledOffException.isBehind(other))
                .forEach(first::addSuppressed);
        return first;
    }

    /** What a failure means for the work beside it. It stands in the context of all of it. */
    public interface AfterFailure {

        /**
         * Puts this rule into a context.
         *
         * @param context the context to extend
         * @return the extended context
         */
        default Context in(Context context) {
            return context.put(AfterFailure.class, this);
        }

        /** Whether the others are cancelled as soon as one has failed. */
        boolean cancelsOthers();

        /**
         * Some of the work has failed for good; called for each that does, from any thread, and before others are
         * cancelled.
         */
        void onFailure();
    }
}
