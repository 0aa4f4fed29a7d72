package io.afnio4j.train;

import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.EventStream;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CallListener;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.Update;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One step of training, told by one {@link Flux}: gradients are cleared, the program runs and is judged, feedback walks
 * back, the optimizer rewrites. A {@link Trainer} is made of such steps; a loop of one's own takes them singly:
 *
 * <pre>{@code
 * Mono<StepResult> judged = agent.forward(batch).map(said -> StepResult.of(evaluator.evaluate(said, targets)));
 * TrainingStep.events(judged, optimizer, BackwardOptions.DEFAULTS).doOnNext(page::show).blockLast();
 * }</pre>
 *
 * <p>Answers of all phases are streamed, so that their words are told as they come. The step never waits for who
 * watches it: see {@link EventStream} for what happens to a slow observer. Nothing starts before the subscription;
 * cancelling it cancels all that is under way. A step whose optimizer rewrites what is being trained already fails with
 * an {@link IllegalStateException}.
 */
public final class TrainingStep {

    private final int number;
    private final Optimizer optimizer;
    private final BackwardOptions options;
    private final Mono<List<Update>> rewrite;

    TrainingStep(int number, Optimizer optimizer, BackwardOptions options, Mono<List<Update>> rewrite) {
        this.number = number;
        this.optimizer = optimizer;
        this.options = options;
        this.rewrite = rewrite;
    }

    /**
     * Takes one step and keeps what the optimizer writes.
     *
     * @param judged runs the program and judges it; where it is empty, feedback is not asked for and nothing is
     *     rewritten
     * @param optimizer whose gradients are cleared, and who rewrites
     * @param options how feedback walks back; where they name no {@linkplain BackwardOptions#inputs leaves to serve},
     *     those that the optimizer rewrites. With {@link FailurePolicy#COMMIT_PARTLY} a pass that fails, but brings
     *     some feedback, is a step all the same
     * @return what happens, as step 1; the last event is {@link TrainingEvent.StepFinished}
     */
    public static Flux<TrainingEvent> events(Mono<StepResult> judged, Optimizer optimizer, BackwardOptions options) {
        Flux<TrainingEvent> step = Flux.defer(() -> {
            optimizer.clearGrad();
            AtomicReference<Metrics> metrics = new AtomicReference<>(Metrics.NONE);
            return new TrainingStep(1, optimizer, options, optimizer.step())
                    .run(judged.doOnNext(result -> metrics.set(result.metrics())), (updates, tell) -> Mono.empty())
                    .concatWith(Mono.fromSupplier(() -> new TrainingEvent.StepFinished(1, metrics.get())));
        });
        return InTraining.alone(optimizer.parameters(), step);
    }

    /**
     * All but the end of the step, of which the caller tells; {@code settle} decides what becomes of the new values,
     * and what is to be told of that.
     */
    Flux<TrainingEvent> run(
            Mono<StepResult> judged, BiFunction<List<Update>, Consumer<TrainingEvent>, Mono<TrainingEvent>> settle) {
        return EventStream.of(tell -> work(judged, settle, tell), TrainingStep::isLight);
    }

    private Mono<Void> work(
            Mono<StepResult> judged,
            BiFunction<List<Update>, Consumer<TrainingEvent>, Mono<TrainingEvent>> settle,
            Consumer<TrainingEvent> tell) {
        CallListener calls = event -> tell.accept(new TrainingEvent.Calling(number, event));
        tell.accept(new TrainingEvent.StepStarted(number));
        return judged.contextWrite(calls::in)
                .flatMap(result -> {
                    tell.accept(new TrainingEvent.Judged(number, result.metrics()));
                    return partly(backward(result, tell)).then(rewrite.contextWrite(calls::in));
                })
                .flatMap(updates -> {
                    updates.stream()
                            .filter(Update::changes)
                            .forEach(update -> tell.accept(new TrainingEvent.Rewritten(number, update)));
                    return settle.apply(updates, tell);
                })
                .doOnNext(tell)
                .then();
    }

    /** Feedback to what nobody rewrites would be paid for in vain, and nobody would ever clear it. */
    private Mono<Void> backward(StepResult result, Consumer<TrainingEvent> tell) {
        BackwardListener told = event -> tell.accept(new TrainingEvent.Backward(number, event));
        BackwardOptions watched = options.listener(options.listener().and(told));
        Variable explanation = result.evaluation().explanation();
        if (options.inputs() != null || optimizer.parameters().isEmpty()) {
            return Engine.backward(explanation, watched);
        }
        Variable[] learnt = optimizer.parameters().stream()
                .filter(parameter -> parameter.requiresGrad() && parameter.isLeaf())
                .toArray(Variable[]::new);
        return learnt.length == 0 ? Mono.empty() : Engine.backward(explanation, watched.inputs(learnt));
    }

    /** Who takes what came of a pass learns from that; but from nothing there is nothing to learn. */
    private Mono<Void> partly(Mono<Void> pass) {
        return pass.onErrorResume(
                BackwardException.class,
                failure -> options.onFailure() == FailurePolicy.COMMIT_PARTLY
                                && optimizer.parameters().stream()
                                        .anyMatch(learnt -> !learnt.grad().isEmpty())
                        ? Mono.empty()
                        : Mono.error(failure));
    }

    /** What is told again, or was only a word of it, goes first where an observer lags behind. */
    static boolean isLight(TrainingEvent event) {
        return event instanceof TrainingEvent.Validating
                || (event instanceof TrainingEvent.Calling calling && calling.event() instanceof CallEvent.Token)
                || (event instanceof TrainingEvent.Backward backward
                        && backward.event().isLight());
    }
}
