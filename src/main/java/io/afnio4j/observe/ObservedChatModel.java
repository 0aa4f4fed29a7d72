package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.error.RetriableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Observes each call: all of it, with its waiting and all its attempts. */
final class ObservedChatModel extends ChatModelDecorator {

    private static final GenAiConvention CONVENTION = new GenAiConvention();

    private final ObservationRegistry registry;

    ObservedChatModel(ChatModel model, ObservationRegistry registry) {
        super(model);
        this.registry = registry;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(caller -> {
            Call call = new Call(request, caller);
            return Mono.defer(() -> model.chat(request))
                    .doOnSuccess(call::answered)
                    .doOnError(call::failed)
                    .doOnCancel(call::stop)
                    .contextWrite(call::in);
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.deferContextual(caller -> {
            Call call = new Call(request, caller);
            return Flux.defer(() -> model.stream(request))
                    .doOnNext(call::heard)
                    .doOnComplete(() -> call.end(ChatObservationContext.Outcome.ANSWERED))
                    .doOnError(call::failed)
                    .doOnCancel(call::stop)
                    .contextWrite(call::in);
        });
    }

    /** One call and its observation. What comes last in a race, such as a cancel that crosses the answer, isn't seen. */
    private final class Call implements ExchangeListener {

        private final ChatObservationContext seen;
        private final Observation observation;
        private final AtomicBoolean over = new AtomicBoolean();

        private Call(ChatRequest request, ContextView caller) {
            this.seen = new ChatObservationContext(model, request, Phase.of(caller));
            this.observation = Parents.under(
                            caller, Observation.createNotStarted(null, CONVENTION, () -> seen, registry))
                    .start();
        }

        @Override
        public Context in(Context context) {
            return Parents.put(ExchangeListener.super.in(context), observation);
        }

        private void heard(ChatChunk chunk) {
            Usage usage = chunk.usage();
            if (usage != null) {
                seen.used(usage);
            }
            FinishReason reason = chunk.finishReason();
            if (reason != null) {
                seen.finished(reason);
            }
            String model = chunk.model();
            if (model != null) {
                seen.answeredBy(model);
            }
        }

        private void answered(@Nullable ChatResponse answer) {
            if (answer != null) {
                seen.used(answer.usage());
                seen.finished(answer.finishReason());
                seen.answeredBy(answer.model());
            }
            end(ChatObservationContext.Outcome.ANSWERED);
        }

        private void failed(Throwable failure) {
            if (seen.usage().equals(Usage.NONE)) {
                seen.used(Usage.spentOn(failure));
            }
            observation.error(failure);
            end(ChatObservationContext.Outcome.FAILED);
        }

        private void end(ChatObservationContext.Outcome outcome) {
            seen.ended(outcome);
            stop();
        }

        private void stop() {
            if (over.compareAndSet(false, true)) {
                observation.stop();
            }
        }

        @Override
        public void onStart() {
            // the observation is of the whole call
        }

        @Override
        public void onEnd(Exchange exchange) {
            // the observation is of the whole call
        }

        @Override
        public void onRetry(long attempt, Duration delay, RetriableException failure) {
            observation.event(Observation.Event.of(
                    "afnio4j.retry", "retry after " + failure.getClass().getSimpleName()));
        }
    }
}
