package io.afnio4j.cognitive;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.model.PaidCalls;
import io.afnio4j.model.PaidCalls.OnFailure;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Runs one step for each element of a list, several at the same time, and gives the results in the order of the list.
 * Nothing starts before the subscription; each subscription runs all steps anew. Cancelling it cancels the steps that
 * are running.
 *
 * <pre>{@code
 * MapOver.of(agent::forward).concurrency(16).over(questions) // Mono<List<Variable>>, one answer per question
 * }</pre>
 *
 * <p>Where a step fails, no further one starts; calls that running steps have sent are waited for, since they are paid
 * for and a cache or a journal keeps their answers; and calls that wait in a client's queue or would be made next are
 * called off. Then the failure of the first such element in the list is told, the others suppressed in it. A step that
 * waits for something else than a model holds the failure up until it ends: such steps have time limits of their own,
 * or {@link #cancelStarted()}.
 *
 * <p>An element starts the moment another one ends, whichever that is: a slow one holds up nobody but itself. Steps
 * that are applied inside a {@link GradMode#noGrad()} block, or under its operator, stay unwatched.
 *
 * @param <T> an element
 * @param <R> what a step makes of it
 */
public final class MapOver<T, R> {

    private final Function<? super T, ? extends Mono<? extends R>> step;
    private final int concurrency;
    private final OnFailure onFailure;

    private MapOver(Function<? super T, ? extends Mono<? extends R>> step, int concurrency, OnFailure onFailure) {
        this.step = step;
        this.concurrency = concurrency;
        this.onFailure = onFailure;
    }

    /**
     * Makes a map that runs all steps at once. Model clients queue the calls that exceed their own limits.
     *
     * @param step what to do with an element; it gives exactly one result
     * @param <T> an element
     * @param <R> what the step makes of it
     * @return the map
     */
    public static <T, R> MapOver<T, R> of(Function<? super T, ? extends Mono<? extends R>> step) {
        return new MapOver<>(step, Integer.MAX_VALUE, OnFailure.FINISH_STARTED);
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
        return new MapOver<>(step, steps, onFailure);
    }

    /**
     * Cancels all other steps as soon as one fails. Default: they finish what they have sent. Answers on their way are
     * lost, and may be charged all the same.
     *
     * @return a copy with this option
     */
    public MapOver<T, R> cancelStarted() {
        return new MapOver<>(step, concurrency, OnFailure.CANCEL_STARTED);
    }

    /**
     * Runs every step even where some fail. Default: after a failure none starts any more.
     *
     * @return a copy with this option
     */
    public MapOver<T, R> delayErrors() {
        return new MapOver<>(step, concurrency, OnFailure.RUN_ALL);
    }

    /**
     * Runs the steps.
     *
     * @param elements what to map
     * @return one result per element, in order; fails as a step does, and with an {@link IllegalStateException} where
     *     one gives nothing
     */
    public Mono<List<R>> over(List<? extends T> elements) {
        List<T> fixed = List.copyOf(elements);
        boolean watchedHere = GradMode.isEnabled();
        return Mono.deferContextual(subscription -> {
            boolean watched = watchedHere && GradMode.isEnabled(subscription);
            Mono<List<R>> all = PaidCalls.together(fixed, element -> applied(element, watched), concurrency, onFailure);
            return watched ? all : GradMode.noGrad(all);
        });
    }

    @SuppressWarnings("try") // the scope is closed, not read
    private Mono<? extends R> applied(T element, boolean watched) {
        try (GradMode.Scope mode = GradMode.setGradEnabled(watched)) {
            Mono<? extends R> result = step.apply(element);
            return result == null ? Mono.empty() : result; // which is said with the place of the element
        }
    }
}
