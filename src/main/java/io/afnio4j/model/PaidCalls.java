package io.afnio4j.model;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.Together;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Calls that are made together. Where one fails, no further one is sent, and those on their way finish: they are paid for, so a cache or a journal is to have their answers, and a
 * budget their real usage.
 */
public final class PaidCalls {

    private PaidCalls() {}

    /**
     * Makes the calls.
     *
     * @param calls sent when they are subscribed to
     * @param atOnce how many may be under way
     * @param <T> what each gives
     * @return what they give, in order; or the first failure in the order of the calls, which has the others as suppressed
     */
    public static <T> Mono<List<T>> together(List<Mono<T>> calls, int atOnce) {
        return Mono.deferContextual(caller -> {
            CallOff callOff = CallOff.within(caller);
            List<Mono<T>> heeding =
                    calls.stream().map(call -> unlessOff(call, callOff)).toList();
            return Together.allThenFailures(heeding, atOnce).contextWrite(callOff::in);
        });
    }

    /** Looks itself whether the call is off, since not every model has a queue that does. */
    private static <T> Mono<T> unlessOff(Mono<T> call, CallOff callOff) {
        return Mono.defer(() -> callOff.isCalledOff() ? Mono.<T>error(new CalledOffException()) : call)
                .doOnError(failure -> callOff.callOff());
    }
}
