package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Observes each call: all of it, with its waiting and all its attempts. */
final class ObservedChatModel extends ChatModelDecorator {

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
                    .doOnComplete(call::answered)
                    .doOnError(call::failed)
                    .doOnCancel(call::stop)
                    .contextWrite(call::in);
        });
    }

    private final class Call extends ObservedCall<ChatObservationContext> {

        private Call(ChatRequest request, ContextView caller) {
            super(new ChatObservationContext(model, request, Phase.of(caller)), caller, registry);
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
                heard(ChatChunk.of(answer));
            }
            answered();
        }
    }
}
