package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.Usage;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one call to a model of any kind. A handler or convention of one's own finds here, and in what the
 * kinds add, what it needs for further attributes; afnio4j's own writes no text of prompts and answers anywhere. Spans
 * are of the kind CLIENT.
 *
 * @param <R> what is sent
 */
public abstract sealed class CallObservationContext<R> extends SenderContext<R>
        permits ChatObservationContext, EmbeddingObservationContext {

    /** How calls end. */
    enum Outcome {
        ANSWERED,
        FAILED,
        CANCELLED
    }

    private final String operation;
    private final String modelName;
    private final @Nullable InetSocketAddress address;
    private final Phase phase;
    private volatile Usage usage = Usage.NONE;
    private volatile @Nullable String answeredBy;
    private volatile Outcome outcome = Outcome.CANCELLED; // unless one hears better

    CallObservationContext(
            String operation, String modelName, @Nullable InetSocketAddress address, R request, Phase phase) {
        super((nothing, name, value) -> {}, Kind.CLIENT); // providers have no use for the headers of a trace
        setCarrier(request);
        this.operation = operation;
        this.modelName = modelName;
        this.address = address;
        this.phase = phase;
    }

    public Phase phase() {
        return phase;
    }

    /** The tokens of the answer, {@link Usage#NONE} before it has come and where nobody counted. */
    public Usage usage() {
        return usage;
    }

    /** The model as the provider names it, null before the answer, and where the answer doesn't name it. */
    public @Nullable String answeredBy() {
        return answeredBy;
    }

    /** What the conventions call the operation. */
    String operation() {
        return operation;
    }

    String modelName() {
        return modelName;
    }

    @Nullable InetSocketAddress address() {
        return address;
    }

    Outcome outcome() {
        return outcome;
    }

    void used(Usage tokens) {
        usage = tokens;
    }

    void answeredBy(String name) {
        answeredBy = name;
    }

    void ended(Outcome how) {
        outcome = how;
    }
}
