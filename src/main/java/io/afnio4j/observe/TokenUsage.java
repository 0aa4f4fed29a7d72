package io.afnio4j.observe;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

/**
 * The tokens of each observed call in {@code gen_ai.client.token.usage}, as OpenTelemetry's conventions want them. What
 * nobody counted isn't in it.
 */
final class TokenUsage implements ObservationHandler<CallObservationContext<?>> {

    private final MeterRegistry meters;

    TokenUsage(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof CallObservationContext;
    }

    @Override
    public void onStop(CallObservationContext<?> call) {
        Tags tags = Tags.empty();
        for (var known : call.getLowCardinalityKeyValues()) {
            tags = tags.and(known.getKey(), known.getValue());
        }
        record(call.usage().promptTokens(), tags.and("gen_ai.token.type", "input"));
        record(call.usage().completionTokens(), tags.and("gen_ai.token.type", "output"));
    }

    private void record(long tokens, Tags tags) {
        if (tokens > 0) {
            DistributionSummary.builder("gen_ai.client.token.usage")
                    .baseUnit("token")
                    .description("Tokens of a call by their type, as the provider counted them")
                    .tags(tags)
                    .register(meters)
                    .record((double) tokens);
        }
    }
}
