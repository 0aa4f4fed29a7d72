package io.afnio4j.model.limit;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.Priority;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.Usage;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;

/**
 * Lets at most {@link Limits#maxConcurrency()} calls be in flight, and in any minute no more requests and tokens start
 * than {@link Limits} allow, evenly spread. Further callers queue, the most urgent ({@link Priority}) first and in
 * order of arrival among equals, those of a pass in its own order ({@link WaitingLine}). They wait without a thread, as
 * long as it takes, and are never refused.
 *
 * <p>A call that was called off ({@link CallOff}) fails with {@link CalledOffException} at once where it waits, and
 * otherwise instead of being sent.
 *
 * <p>A throttled answer shuts the door for every caller until the time that the provider named, and those of all
 * clients with the same key ({@link Pause}): calls in flight go on, new ones wait. A provider that names more than
 * {@link Limits#maxRetryWait()} shuts nothing: nobody is going to wait that long, so each call asks, and fails, for
 * itself.
 *
 * <p>The place of a call that is cancelled on its way may stay empty for a moment where others wait, lest whoever
 * cancels thousands one by one sends them all.
 *
 * <p>A streamed answer counts as in flight until its last piece. The place goes back after an answer was handed on, so
 * that what the answer sets off is in the queue before the next call is chosen.
 */
final class AdmissionChatModel extends ChatModelDecorator {

    private final Admission admission;
    private final boolean learning;

    /**
     * Queues before a model.
     *
     * @param model what to call
     * @param limits how hard it may be worked
     * @param timers measures time and runs what has to wait for it
     */
    AdmissionChatModel(ChatModel model, Limits limits, Scheduler timers) {
        this(model, new Admission(limits, timers, new Pause(model.throttleScope(), timers)), limits.learning());
    }

    private AdmissionChatModel(ChatModel model, Admission admission, boolean learning) {
        super(model);
        this.admission = admission;
        this.learning = learning;
    }

    /** The same queue, with the same places and limits, before another model as well. */
    AdmissionChatModel before(ChatModel other) {
        return new AdmissionChatModel(other, admission, learning);
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(context -> {
            Turn turn = admission.enter(request, context);
            return turn.startsNow()
                    ? chat(request, turn)
                    : turn.granted().flatMap(mine -> chat(request, mine)).doOnCancel(turn::withdraw);
        });
    }

    private Mono<ChatResponse> chat(ChatRequest request, Turn turn) {
        Mono<ChatResponse> call =
                turn.isCalledOff() ? Mono.error(new CalledOffException()) : Mono.defer(() -> model.chat(request));
        return (learning ? call.contextWrite(context -> RateLimits.listen(context, turn)) : call)
                .tap(() -> new WholeInPlace(turn));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.deferContextual(context -> {
            Turn turn = admission.enter(request, context);
            return turn.startsNow()
                    ? stream(request, turn)
                    : turn.granted().flatMapMany(mine -> stream(request, mine)).doOnCancel(turn::withdraw);
        });
    }

    private Flux<ChatChunk> stream(ChatRequest request, Turn turn) {
        Flux<ChatChunk> call =
                turn.isCalledOff() ? Flux.error(new CalledOffException()) : Flux.defer(() -> model.stream(request));
        return (learning ? call.contextWrite(context -> RateLimits.listen(context, turn)) : call)
                .tap(() -> new StreamInPlace(turn));
    }

    /** How many calls are on their way at this moment. */
    int inFlight() {
        return admission.places.inFlight();
    }

    /** How many callers wait for their turn at this moment. */
    int queued() {
        return admission.places.queued();
    }

    /** How many places there are at this moment. */
    int places() {
        return admission.places.count();
    }

    /** How many answers said that too many requests came. */
    long throttled() {
        return admission.places.throttled();
    }

    /** What one call does with its place. */
    private abstract static class InPlace<T> extends DefaultSignalListener<T> {

        final Turn turn;

        private InPlace(Turn turn) {
            this.turn = turn;
        }

        @Override
        public void doOnError(Throwable failure) {
            turn.failed(failure);
        }

        /** When the end was handed on. */
        @Override
        public void doFinally(SignalType end) {
            if (end == SignalType.CANCEL) {
                turn.abandon();
            } else {
                turn.leave();
            }
        }
    }

    private static final class WholeInPlace extends InPlace<ChatResponse> {

        private WholeInPlace(Turn turn) {
            super(turn);
        }

        @Override
        public void doOnNext(ChatResponse answer) {
            turn.answered(answer.usage());
        }
    }

    private static final class StreamInPlace extends InPlace<ChatChunk> {

        private Usage usage = Usage.NONE; // touched by one signal at a time

        private StreamInPlace(Turn turn) {
            super(turn);
        }

        @Override
        public void doOnNext(ChatChunk chunk) {
            if (chunk.usage() != null) {
                usage = chunk.usage();
            }
        }

        @Override
        public void doOnComplete() {
            turn.answered(usage);
        }
    }
}
