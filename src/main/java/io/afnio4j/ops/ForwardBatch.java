package io.afnio4j.ops;

import io.afnio4j.error.Together;
import io.afnio4j.model.PaidCalls;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** The calls of one forward batch: {@link PaidCalls}, but in a backward pass that cancels what is on its way. */
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
        return Mono.deferContextual(caller ->
                cancels(caller) ? Together.orFirstFailure(calls) : PaidCalls.together(calls, Integer.MAX_VALUE));
    }

    /** In a backward pass that cancels what is on its way, such a batch is no exception. */
    private static boolean cancels(ContextView caller) {
        Together.@Nullable AfterFailure rule = caller.getOrDefault(Together.AfterFailure.class, null);
        return rule != null && rule.cancelsOthers();
    }
}
