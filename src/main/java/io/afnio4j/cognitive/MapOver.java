package io.afnio4j.cognitive;

import io.afnio4j.autodiff.GradMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs one step for each element of a list, several at the same time, and gives the results in the order of the list. Nothing starts before
 * the subscription; each subscription runs all steps anew. Cancelling it cancels the steps that are running.
 *
 * <pre>{@code
 * MapOver.of(agent::forward).concurrency(16).over(questions) // Mono<List<Variable>>, one answer per question
 * }</pre>
 *
 * <p>An element starts the moment another one ends, whichever that is: a slow one holds up nobody but itself. Steps that are applied inside a
 * {@link GradMode#noGrad()} block, or under its operator, stay unwatched.
 *
 * @param <T> an element
 * @param <R> what a step makes of it
 */
public final class MapOver<T, R> {

    private final Function<? super T, ? extends Mono<? extends R>> step;
    private final int concurrency;
    private final boolean delaysErrors;

    private MapOver(Function<? super T, ? extends Mono<? extends R>> step, int concurrency, boolean delaysErrors) {
        this.step = step;
        this.concurrency = concurrency;
        this.delaysErrors = delaysErrors;
    }

    /**
     * Makes a map that runs all steps at once and gives up at the first error. Model clients queue the calls that exceed their own limits.
     *
     * @param step what to do with an element; it gives exactly one result
     * @param <T> an element
     * @param <R> what the step makes of it
     * @return the map
     */
    public static <T, R> MapOver<T, R> of(Function<? super T, ? extends Mono<? extends R>> step) {
        return new MapOver<>(step, Integer.MAX_VALUE, false);
    }

    /**
     * Bounds how many steps run at the same time. Default: no bound.
     *
     * @param steps at least 1
     * @return a copy with this bound
     */
    public MapOver<T, R> concurrency(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("concurrency must be at least 1, not " + steps + ".");
        }
        return new MapOver<>(step, steps, delaysErrors);
    }

    /**
     * Runs every step even where some fail, and reports the failure of the first such element in the list, the others suppressed in it. Default: the
     * failure that comes first cancels all other steps, so that answers on their way are lost, and may be charged all the same.
     *
     * @return a copy with this option
     */
    public MapOver<T, R> delayErrors() {
        return new MapOver<>(step, concurrency, true);
    }

    /**
     * Runs the steps.
     *
     * @param elements what to map
     * @return one result per element, in order; fails as a step does, and with an {@link IllegalStateException} where one gives nothing
     */
    public Mono<List<R>> over(List<? extends T> elements) {
        List<T> fixed = List.copyOf(elements);
        boolean watchedHere = GradMode.isEnabled();
        return Mono.deferContextual(
                subscription -> new Run(fixed, watchedHere && GradMode.isEnabled(subscription)).results());
    }

    /**
     * One subscription. It has as many lanes as steps may run at once, and a lane takes the next element when it is through with its last one. So no
     * queue is searched for what may start, and the cost of an element doesn't grow with the bound.
     */
    private final class Run {

        private final List<T> elements;
        private final boolean watched;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReferenceArray<R> results;
        private final Map<Integer, Throwable> failures = new ConcurrentSkipListMap<>();

        private Run(List<T> elements, boolean watched) {
            this.elements = elements;
            this.watched = watched;
            this.results = new AtomicReferenceArray<>(elements.size());
        }

        private Mono<List<R>> results() {
            int lanes = Math.min(concurrency, elements.size());
            Mono<List<R>> all = Mono.when(Collections.nCopies(lanes, Mono.defer(this::lane)))
                    .then(Mono.defer(this::gathered));
            return watched ? all : GradMode.noGrad(all);
        }

        private Mono<Void> lane() {
            return Flux.<Integer>generate(sink -> {
                        int index = next.getAndIncrement();
                        if (index < elements.size()) {
                            sink.next(index);
                        } else {
                            sink.complete();
                        }
                    })
                    .concatMap(this::element, 0) // fetched ahead, an element would wait here while other lanes are idle
                    .then();
        }

        private Mono<Void> element(int index) {
            Mono<Void> done = Mono.defer(() -> applied(elements.get(index)))
                    .switchIfEmpty(Mono.error(() -> new IllegalStateException(
                            "The step gave no result for element " + index + "; it must give exactly one.")))
                    .doOnNext(result -> results.set(index, result))
                    .then();
            return delaysErrors
                    ? done.onErrorResume(failure -> Mono.fromRunnable(() -> failures.put(index, failure)))
                    : done;
        }

        @SuppressWarnings("try") // the scope is closed, not read
        private Mono<? extends R> applied(T element) {
            try (GradMode.Scope mode = GradMode.setGradEnabled(watched)) {
                return step.apply(element);
            }
        }

        private Mono<List<R>> gathered() {
            if (!failures.isEmpty()) {
                List<Throwable> inOrder = new ArrayList<>(failures.values());
                Throwable first = inOrder.get(0);
                inOrder.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
                return Mono.error(first);
            }
            List<R> inOrder = new ArrayList<>(elements.size());
            for (int i = 0; i < elements.size(); i++) {
                inOrder.add(results.get(i));
            }
            return Mono.just(Collections.unmodifiableList(inOrder));
        }
    }
}
