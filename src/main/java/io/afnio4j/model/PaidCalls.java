package io.afnio4j.model;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.Together;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * Calls, or steps of several calls, that are made together. Where one fails, no further one is sent, and those on their
 * way finish: they are paid for, so a cache or a journal is to have their answers, and a budget their real usage.
 * Inside a backward pass that cancels what is on its way they are cancelled as well. Whoever cancels the whole calls
 * off what still waits before it cancels call by call, or each place that becomes free would let the next one out.
 */
public final class PaidCalls {

    private PaidCalls() {}

    /** What happens to the others when one step has failed for good. */
    public enum OnFailure {
        /**
         * No further step starts, calls that wait for their turn or for a repetition are called off, and those on their
         * way finish.
         */
        FINISH_STARTED,
        /** No further step starts, and those that are running are cancelled at once. */
        CANCEL_STARTED,
        /** All steps run. */
        RUN_ALL
    }

    /**
     * Makes the calls.
     *
     * @param calls sent when they are subscribed to
     * @param atOnce how many may be under way
     * @param <T> what each gives
     * @return what they give, in order; or the first failure in the order of the calls, which has the others as
     *     suppressed
     */
    public static <T> Mono<List<T>> together(List<Mono<T>> calls, int atOnce) {
        return together(calls, Function.identity(), atOnce, OnFailure.FINISH_STARTED);
    }

    /**
     * Runs a step for each of several elements.
     *
     * @param elements what to do it for
     * @param step gives exactly one result; a call, or something that makes several
     * @param atOnce how many may be under way
     * @param onFailure what happens to the others when one has failed for good
     * @param <E> an element
     * @param <T> what a step gives
     * @return what they give, in order; or the first failure in the order of the elements, which has the others as
     *     suppressed
     */
    public static <E, T> Mono<List<T>> together(
            List<? extends E> elements,
            Function<? super E, ? extends Mono<? extends T>> step,
            int atOnce,
            OnFailure onFailure) {
        return Mono.deferContextual(
                caller -> new Run<E, T>(elements, step, onFailure, caller).results(Math.min(atOnce, elements.size())));
    }

    /**
     * One subscription. It has as many lanes as steps may run at once, and a lane takes the next element when it is
     * through with its last one. So a slow step holds up nobody but itself, no queue is searched for what may start,
     * and the cost of an element doesn't grow with the bound.
     */
    private static final class Run<E, T> {

        private final List<? extends E> elements;
        private final Function<? super E, ? extends Mono<? extends T>> step;
        private final OnFailure onFailure;
        private final CallOff callOff;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReferenceArray<T> results;
        private final Map<Integer, Throwable> failures = new ConcurrentSkipListMap<>();
        private final Sinks.Empty<Void> cut = Sinks.empty();
        private volatile boolean turnedAway;
        private volatile boolean cancelled;

        private Run(
                List<? extends E> elements,
                Function<? super E, ? extends Mono<? extends T>> step,
                OnFailure onFailure,
                ContextView caller) {
            this.elements = elements;
            this.step = step;
            this.onFailure =
                    onFailure != OnFailure.RUN_ALL && isCancelling(caller) ? OnFailure.CANCEL_STARTED : onFailure;
            this.callOff = CallOff.within(caller);
            this.results = new AtomicReferenceArray<>(elements.size());
        }

        private static boolean isCancelling(ContextView caller) {
            Together.@Nullable AfterFailure rule = caller.getOrDefault(Together.AfterFailure.class, null);
            return rule != null && rule.cancelsOthers();
        }

        private Mono<List<T>> results(int lanes) {
            List<Mono<Void>> all = lanes == elements.size()
                    ? IntStream.range(0, lanes).mapToObj(this::one).toList()
                    : Collections.nCopies(lanes, Mono.defer(this::lane));
            return Mono.when(all)
                    .takeUntilOther(cut.asMono())
                    .then(Mono.defer(this::gathered))
                    .doOnCancel(this::cancel)
                    .contextWrite(callOff::in);
        }

        private Mono<Void> lane() {
            return Flux.<Integer>generate(sink -> {
                        int index = next.getAndIncrement();
                        if (index < elements.size() && !turnsAway()) {
                            sink.next(index);
                        } else {
                            sink.complete();
                        }
                    })
                    .concatMap(this::one, 0) // fetched ahead, an element would wait here while other lanes are idle
                    .then();
        }

        private Mono<Void> one(int index) {
            return Mono.<T>defer(() -> started(index))
                    .doOnNext(result -> results.set(index, result))
                    .then()
                    .onErrorResume(failure -> {
                        failed(index, failure);
                        return Mono.empty();
                    });
        }

        private Mono<T> started(int index) {
            if (turnsAway()) {
                return Mono.empty();
            }
            return Mono.<T>from(step.apply(elements.get(index)))
                    .switchIfEmpty(Mono.error(() -> new IllegalStateException(
                            "The step gave no result for element " + index + "; it must give exactly one.")));
        }

        /**
         * Starts nothing more once the whole is called off. It is looked at here, since not every model has a queue
         * that does.
         */
        private boolean turnsAway() {
            if (callOff.isCalledOff()) {
                turnedAway = true;
            }
            return turnedAway;
        }

        /** It is noted before the others hear of it, for they may fail of that. */
        private void failed(int index, Throwable failure) {
            failures.put(index, failure);
            if (onFailure != OnFailure.RUN_ALL) {
                callOff.callOff();
            }
            if (onFailure == OnFailure.CANCEL_STARTED) {
                var unused = cut.tryEmitEmpty(); // the first time
            }
        }

        private void cancel() {
            cancelled = true;
            callOff.callOff();
        }

        private Mono<List<T>> gathered() {
            if (cancelled) {
                return Mono.never(); // whoever hears of it as a failure isn't there any more
            }
            if (!failures.isEmpty()) {
                return Mono.error(Together.first(List.copyOf(failures.values())));
            }
            if (turnedAway) {
                return Mono.error(new CalledOffException());
            }
            List<T> inOrder = new ArrayList<>(elements.size());
            for (int i = 0; i < elements.size(); i++) {
                inOrder.add(results.get(i));
            }
            return Mono.just(Collections.unmodifiableList(inOrder));
        }
    }
}
