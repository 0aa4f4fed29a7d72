package io.afnio4j.observe;

import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.EmbeddingModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.Objects;

/**
 * Spans and timers by Micrometer's observations: one for each backward pass, one for each of its nodes that has to
 * wait, one for each call to a model. A call is the child of its node, a node of its pass, and a pass of what stands in
 * the subscriber's Reactor {@code Context} (where Spring WebFlux, for example, puts the request), whichever threads
 * they run on.
 *
 * <pre>{@code
 * Observations observations = Observations.in(registry);
 * ChatModel model = observations.around(ModelClient.of("openai/gpt-4o", options));
 * explanation.backward(BackwardOptions.DEFAULTS.listener(observations.passes()));
 * }</pre>
 *
 * <p>Calls are named and described by OpenTelemetry's conventions for generative AI. No text of prompts and answers and
 * no key is in any attribute. A convention of one's own is set as everywhere in Micrometer, by a
 * {@code GlobalObservationConvention<ChatObservationContext>} or {@code <EmbeddingObservationContext>} of the registry.
 */
public final class Observations {

    private final ObservationRegistry registry;

    private Observations(ObservationRegistry registry) {
        this.registry = registry;
    }

    /**
     * Observations in a registry.
     *
     * @param registry whose handlers make spans and timers of them
     * @return what observes models and passes
     */
    public static Observations in(ObservationRegistry registry) {
        return new Observations(Objects.requireNonNull(registry));
    }

    /**
     * Observes the calls of a model: from the moment when somebody asks until the answer is there, the waiting and all
     * attempts in it.
     *
     * @param model the model, best with its queue and its retries
     * @return the same model, observed; {@code Metered.of} and {@code Monitored.of} find its client; closing it closes
     *     the model
     */
    public ChatModel around(ChatModel model) {
        return new ObservedChatModel(model, registry);
    }

    /**
     * Observes the calls of a model for embeddings: from the moment when somebody asks until all vectors are there, the
     * waiting, all requests and all their attempts in it.
     *
     * @param model the model, best with its queue and its retries
     * @return the same model, observed; closing it closes the model
     */
    public EmbeddingModel around(EmbeddingModel model) {
        return new ObservedEmbeddingModel(model, registry);
    }

    /**
     * Counts the tokens of observed calls: {@code gen_ai.client.token.usage}, a distribution summary by OpenTelemetry's
     * conventions, with the low-cardinality keys of the calls' observations as tags and {@code gen_ai.token.type}
     * {@code input} or {@code output}. A call that fails counts with what the provider counted for it, and an answer
     * from a cache with the usage that it had at first, though nothing was paid; what was paid is in
     * {@code afnio4j.client.tokens}.
     *
     * <pre>{@code
     * registry.observationConfig().observationHandler(Observations.tokenUsage(meters));
     * }</pre>
     *
     * @param meters where they are counted
     * @return a handler for a registry of observations
     */
    public static ObservationHandler<CallObservationContext<?>> tokenUsage(MeterRegistry meters) {
        return new TokenUsage(Objects.requireNonNull(meters));
    }

    /**
     * Observes backward passes and their nodes.
     *
     * @return a listener that serves many passes, also at the same time
     */
    public BackwardListener passes() {
        return new PassObservations(registry);
    }
}
