package io.afnio4j.model;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Counts each attempt of the model beneath in a {@link UsageMeter}. It stands closest to the wire, so that its times are those of the
 * exchanges and not of waiting for a turn.
 */
public final class MeteredChatModel implements ChatModel, Metered {

    private final ChatModel model;
    private final UsageMeter meter;
    private final @Nullable Price price;

    /**
     * Wraps a model.
     *
     * @param model what to count
     * @param meter where to count
     * @param price what the model charges, null where that isn't known
     */
    public MeteredChatModel(ChatModel model, UsageMeter meter, @Nullable Price price) {
        this.model = model;
        this.meter = meter;
        this.price = price;
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(context -> {
            Phase phase = Phase.of(context);
            Supplier<Duration> watch = stopwatch();
            return model.chat(request)
                    .doOnNext(answer -> count(phase, answer.usage(), watch.get()))
                    .doOnError(failure -> meter.failed(phase, watch.get()));
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.deferContextual(context -> {
            Phase phase = Phase.of(context);
            Supplier<Duration> watch = stopwatch();
            AtomicReference<Usage> reported = new AtomicReference<>(Usage.NONE);
            return model.stream(request)
                    .doOnNext(chunk -> {
                        Usage usage = chunk.usage();
                        if (usage != null) {
                            reported.set(usage);
                        }
                    })
                    .doOnComplete(() -> count(phase, reported.get(), watch.get()))
                    .doOnError(failure -> meter.failed(phase, watch.get()));
        });
    }

    @Override
    public UsageMeter usage() {
        return meter;
    }

    @Override
    public void close() {
        model.close();
    }

    private void count(Phase phase, Usage usage, Duration took) {
        meter.answered(phase, usage, price == null ? null : price.of(usage), took);
    }

    private static Supplier<Duration> stopwatch() {
        long start = System.nanoTime();
        return () -> Duration.ofNanos(System.nanoTime() - start);
    }
}
