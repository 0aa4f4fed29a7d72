package io.afnio4j.model.limit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.afnio4j.context.Priority;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Lets at most {@link ClientOptions#maxConcurrency()} calls be in flight and at most
 * {@link ClientOptions#requestsPerMinute()} start in a minute, evenly spread. Further callers queue, the most urgent
 * ({@link Priority}) first and in order of arrival among equals. They wait without a thread, as long as it takes, and are
 * never refused.
 *
 * <p>A throttled answer shuts the door for every caller until the time that the provider named: calls in flight go on, new
 * ones wait. A provider that names more than {@link ClientOptions#maxRetryWait()} shuts nothing: nobody is going to wait
 * that long, so each call asks, and fails, for itself.
 *
 * <p>A streamed answer counts as in flight until its last piece. The place goes back after an answer was handed on, so that
 * what the answer sets off is in the queue before the next call is chosen.
 */
public final class AdmissionChatModel implements ChatModel {

    /** How long a throttled answer that names no time shuts the door. */
    private static final Duration UNNAMED_PAUSE = Duration.ofSeconds(1);

    private final ChatModel model;
    private final Duration longestPause;
    private final Admission admission;

    /**
     * Queues before a model.
     *
     * @param model what to call
     * @param options how hard it may be worked
     */
    public AdmissionChatModel(ChatModel model, ClientOptions options) {
        this(model, options, Schedulers.parallel());
    }

    /**
     * Queues before a model, with timers of one's own.
     *
     * @param model what to call
     * @param options how hard it may be worked
     * @param timers measures time and runs what has to wait for it
     */
    public AdmissionChatModel(ChatModel model, ClientOptions options, Scheduler timers) {
        this.model = model;
        this.longestPause = options.maxRetryWait();
        this.admission = new Admission(options.maxConcurrency(), pace(options.requestsPerMinute(), timers), timers);
    }

    private static @Nullable Pace pace(int perMinute, Scheduler timers) {
        return perMinute == 0 ? null : new Pace(perMinute, () -> timers.now(NANOSECONDS));
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public void close() {
        model.close();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(context -> {
            Admission.Turn turn = admission.enter(Priority.of(context));
            return turn.granted()
                    .flatMap(mine -> Mono.defer(() -> model.chat(request))
                            .doOnError(ThrottledException.class, this::slowDown)
                            .doFinally(end -> mine.leave()))
                    .doOnCancel(turn::withdraw);
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.deferContextual(context -> {
            Admission.Turn turn = admission.enter(Priority.of(context));
            return turn.granted()
                    .flatMapMany(mine -> Flux.defer(() -> model.stream(request))
                            .doOnError(ThrottledException.class, this::slowDown)
                            .doFinally(end -> mine.leave()))
                    .doOnCancel(turn::withdraw);
        });
    }

    private void slowDown(ThrottledException throttled) {
        Duration asked = throttled.retryAfter();
        Duration pause = asked == null ? UNNAMED_PAUSE : asked;
        if (pause.compareTo(longestPause) <= 0) {
            admission.pause(pause);
        }
    }

    /**
     * How many calls hold a place at this moment.
     *
     * @return a snapshot
     */
    public int inFlight() {
        return admission.inFlight();
    }

    /**
     * How many callers wait for their turn at this moment.
     *
     * @return a snapshot
     */
    public int queued() {
        return admission.queued();
    }
}
