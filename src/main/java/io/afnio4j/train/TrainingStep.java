package io.afnio4j.train;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.EventStream;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CallListener;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.Update;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One step of training, told by one {@link Flux}: gradients are cleared, the program runs and is judged, feedback walks back, the optimizer rewrites. A
 * {@link Trainer} is made of such steps; a loop of one's own takes them singly:
 *
 * <pre>{@code
 * Mono<StepResult> judged = agent.forward(batch).map(said -> StepResult.of(evaluator.evaluate(said, targets)));
 * TrainingStep.events(judged, optimizer, BackwardOptions.DEFAULTS).doOnNext(page::show).blockLast();
 * }</pre>
 *
 * <p>Answers of all phases are streamed, so that their words are told as they come. The step never waits for who watches it: see {@link EventStream} for what
 * happens to a slow observer. Nothing starts before the subscription; cancelling it cancels all that is under way.
 */
public final class TrainingStep {

    private final int number;
    private final BackwardOptions options;
    private final Mono<List<Update>> rewrite;

    TrainingStep(int number, BackwardOptions options, Mono<List<Update>> rewrite) {
        this.number = number;
        this.options = options;
        this.rewrite = rewrite;
    }

    /**
     * Takes one step and keeps what the optimizer writes.
     *
     * @param judged runs the program and judges it; where it is empty, feedback is not asked for and nothing is rewritten
     * @param optimizer whose gradients are cleared, and who rewrites
     * @param options how feedback walks back
     * @return what happens, as step 1; the last event is {@link TrainingEvent.StepFinished}
     */
    public static Flux<TrainingEvent> events(Mono<StepResult> judged, Optimizer optimizer, BackwardOptions options) {
        return Flux.defer(() -> {
            optimizer.clearGrad();
            AtomicReference<Metrics> metrics = new AtomicReference<>(Metrics.NONE);
            return new TrainingStep(1, options, optimizer.step())
                    .run(judged.doOnNext(result -> metrics.set(result.metrics())), updates -> Flux.empty())
                    .concatWith(Mono.fromSupplier(() -> new TrainingEvent.StepFinished(1, metrics.get())));
        });
    }

    /** All but the end of the step, of which the caller tells; {@code settle} decides what becomes of the new values. */
    Flux<TrainingEvent> run(Mono<StepResult> judged, Function<List<Update>, Flux<TrainingEvent>> settle) {
        return Flux.<TrainingEvent>just(new TrainingEvent.StepStarted(number))
                .concatWith(told(judged, result -> improve(result, settle)));
    }

    private Flux<TrainingEvent> improve(StepResult result, Function<List<Update>, Flux<TrainingEvent>> settle) {
        Flux<TrainingEvent> backward = Engine.backwardEvents(result.evaluation().explanation(), options)
                .map(event -> new TrainingEvent.Backward(number, event));
        return Flux.<TrainingEvent>just(new TrainingEvent.Judged(number, result.metrics()))
                .concatWith(backward)
                .concatWith(told(rewrite, updates -> rewritten(updates).concatWith(settle.apply(updates))));
    }

    private Flux<TrainingEvent> rewritten(List<Update> updates) {
        return Flux.fromIterable(updates)
                .filter(Update::changes)
                .map(update -> new TrainingEvent.Rewritten(number, update));
    }

    /** Tells of the calls that some work makes, and then of what follows from its result. */
    private <T> Flux<TrainingEvent> told(Mono<T> work, Function<T, Flux<TrainingEvent>> then) {
        return Flux.defer(() -> {
            AtomicReference<@Nullable T> result = new AtomicReference<>();
            Flux<TrainingEvent> calls = EventStream.of(
                    tell -> {
                        CallListener listener = event -> tell.accept(new TrainingEvent.Calling(number, event));
                        return work.doOnNext(result::set).contextWrite(listener::in);
                    },
                    TrainingStep::isWord);
            return calls.concatWith(Flux.defer(() -> {
                T done = result.get();
                return done == null ? Flux.empty() : then.apply(done);
            }));
        });
    }

    private static boolean isWord(TrainingEvent event) {
        return event instanceof TrainingEvent.Calling calling && calling.event() instanceof CallEvent.Token;
    }
}
