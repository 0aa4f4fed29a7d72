package io.afnio4j.ops;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.Together;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The calls of one forward batch. Where one fails, no further one is sent, and those on their way finish: they are paid for, so a cache or a journal is to have their answers, and a
 * budget their real usage.
 */
final class ForwardBatch {

    private ForwardBatch() {}

    /**
     * Makes the calls, all at once.
     *
     * @param calls one per sample
     * @param <T> what each gives
     * @return what they give, in order; or the first failure in the order of the calls, which has the others as suppressed
     */
    static <T> Mono<List<T>> of(List<Mono<T>> calls) {
        return Mono.deferContextual(caller -> {
            if (cancels(caller)) {
                return Together.orFirstFailure(calls);
            }
            CallOff callOff = CallOff.within(caller);
            return Together.allThenFailures(
                            calls.stream().map(call -> unlessOff(call, callOff)).toList())
                    .contextWrite(callOff::in);
        });
    }

    /** In a backward pass that cancels what is on its way, such a batch is no exception. */
    private static boolean cancels(ContextView caller) {
        Together.@Nullable AfterFailure rule = caller.getOrDefault(Together.AfterFailure.class, null);
        return rule != null && rule.cancelsOthers();
    }

    /** Looks itself whether the call is off, since not every model has a queue that does. */
    private static <T> Mono<T> unlessOff(Mono<T> call, CallOff callOff) {
        return Mono.defer(() -> callOff.isCalledOff() ? Mono.<T>error(new CalledOffException()) : call)
                .doOnError(failure -> callOff.callOff());
    }
}
