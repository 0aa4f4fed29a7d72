package io.afnio4j.model.limit;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Metered;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.UsageMeter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A client that can be relied on, and what can be read of it at any moment from any thread. Made by {@link Resilience};
 * share it between all who share the key. Not final, so that {@code ModelClient} can be one that is made by a path.
 */
public class ResilientChatModel extends ChatModelDecorator implements Metered, Monitored {

    private final UsageMeter meter;
    private final Instruments instruments;
    private final Limits limits;

    ResilientChatModel(ChatModel chain, UsageMeter meter, Instruments instruments, Limits limits) {
        super(chain);
        this.meter = meter;
        this.instruments = instruments;
        this.limits = limits;
    }

    /**
     * The same client under the name of another class.
     *
     * @param made by {@link Resilience}
     */
    protected ResilientChatModel(ResilientChatModel made) {
        this(made.model, made.meter, made.instruments, made.limits);
    }

    Limits limits() {
        return limits;
    }

    /** What its calls wait in. */
    AdmissionChatModel queue() {
        return instruments.admission();
    }

    @Override
    public long contextWindow() {
        long declared = limits.contextWindow();
        return declared == 0 ? super.contextWindow() : declared;
    }

    @Override
    public TokenEstimator tokenEstimator() {
        return limits.tokenEstimator();
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return model.chat(request);
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return model.stream(request);
    }

    @Override
    public UsageMeter usage() {
        return meter;
    }

    @Override
    public ClientLoad load() {
        return instruments.read();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + name() + "]";
    }
}
