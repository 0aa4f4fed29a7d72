package io.afnio4j.observe;

import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names a call as OpenTelemetry's <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/">semantic conventions
 * for generative AI</a> do. What has few values is of low cardinality and stands in metrics as well, with {@code none}
 * where it isn't known, for a metric's keys must always be the same; what is only known of some calls stands in spans
 * alone and is left out of the others.
 */
final class GenAiConvention implements ObservationConvention<CallObservationContext<?>> {

    /**
     * Request options by their names in the chat protocol, and what the conventions call them. Texts are none of them.
     */
    private static final Map<String, String> OPTIONS = options();

    private static Map<String, String> options() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("temperature", "gen_ai.request.temperature");
        names.put("top_p", "gen_ai.request.top_p");
        names.put("top_k", "gen_ai.request.top_k");
        names.put("max_completion_tokens", "gen_ai.request.max_tokens");
        names.put("max_tokens", "gen_ai.request.max_tokens");
        names.put("frequency_penalty", "gen_ai.request.frequency_penalty");
        names.put("presence_penalty", "gen_ai.request.presence_penalty");
        names.put("seed", "gen_ai.request.seed");
        return names;
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof CallObservationContext;
    }

    @Override
    public String getName() {
        return "gen_ai.client.operation.duration";
    }

    @Override
    public String getContextualName(CallObservationContext<?> context) {
        return context.operation() + " " + requested(context.modelName());
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(CallObservationContext<?> context) {
        String provider = provider(context.modelName());
        InetSocketAddress address = context.address();
        return KeyValues.of(
                KeyValue.of("gen_ai.operation.name", context.operation()),
                KeyValue.of("gen_ai.provider.name", provider),
                KeyValue.of("gen_ai.system", provider), // its name before 2025, which many tools still look for
                KeyValue.of("gen_ai.request.model", requested(context.modelName())),
                KeyValue.of("gen_ai.response.model", orNone(context.answeredBy())),
                KeyValue.of("server.address", orNone(address == null ? null : address.getHostString())),
                KeyValue.of("server.port", orNone(address == null ? null : String.valueOf(address.getPort()))),
                KeyValue.of("afnio4j.phase", context.phase().name().toLowerCase(Locale.ROOT)),
                KeyValue.of("afnio4j.outcome", context.outcome().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(CallObservationContext<?> context) {
        Map<String, String> known = new LinkedHashMap<>();
        if (context instanceof ChatObservationContext chat) {
            addChat(known, chat);
        }
        addUsage(known, context.usage());
        Throwable error = context.getError();
        if (error != null) {
            known.put("error.type", error.getClass().getName());
        }
        return KeyValues.of(known.entrySet(), Map.Entry::getKey, Map.Entry::getValue);
    }

    private static void addChat(Map<String, String> known, ChatObservationContext chat) {
        OPTIONS.forEach((option, name) -> {
            if (chat.request().options().get(option) instanceof Number number) {
                known.put(name, number.toString());
            }
        });
        FinishReason reason = chat.finishReason();
        if (reason != null) {
            known.put("gen_ai.response.finish_reasons", "[\"" + reason.name().toLowerCase(Locale.ROOT) + "\"]");
        }
    }

    private static void addUsage(Map<String, String> known, Usage usage) {
        if (usage.equals(Usage.NONE)) {
            return;
        }
        known.put("gen_ai.usage.input_tokens", String.valueOf(usage.promptTokens()));
        known.put("gen_ai.usage.output_tokens", String.valueOf(usage.completionTokens()));
        known.put("gen_ai.usage.cache_read.input_tokens", String.valueOf(usage.cachedTokens()));
        known.put("gen_ai.usage.cache_creation.input_tokens", String.valueOf(usage.cacheWriteTokens()));
        known.put("gen_ai.usage.reasoning.output_tokens", String.valueOf(usage.reasoningTokens()));
    }

    /** The part of a model path before the slash, by the name that the conventions have for it. */
    private static String provider(String path) {
        int slash = path.indexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        return name.equals("gemini") ? "gcp.gemini" : name;
    }

    private static String requested(String path) {
        return path.substring(path.indexOf('/') + 1);
    }

    private static String orNone(@Nullable String value) {
        return value == null ? KeyValue.NONE_VALUE : value;
    }
}
