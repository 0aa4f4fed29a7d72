package io.afnio4j.model.http;

import java.util.List;
import java.util.Locale;

/**
 * Requests that a server can never serve, though the statuses of its answers sound as if it could (500, 503): known by
 * the servers' own words. What isn't listed may pass.
 *
 * <p>Not here on purpose: llama.cpp's "Context size has been exceeded", which it says to all requests in flight when
 * the memory that they share is full.
 */
final class LastingFaults {

    private static final List<String> TOO_LONG = List.of(
            "exceeds the available context size", // llama.cpp
            "larger than the max context size", // llama.cpp, embeddings
            "is too large to process", // llama.cpp, embeddings and reranking: longer than its physical batch
            "input length exceeds the context length", // Ollama
            "maximum context length", // vLLM, as OpenAI
            "longer than the maximum model length"); // vLLM, from its engine

    /**
     * llama.cpp, and Ollama with it: what the model's template doesn't take, such as two turns of the user, one behind
     * the other.
     */
    private static final List<String> UNFIT = List.of("jinja exception");

    private static final List<String> UNABLE = List.of(
            "image input is not supported", // llama.cpp without a projector
            "audio input is not supported",
            "video input is not supported",
            "this server does not support", // llama.cpp, which was started for something else
            "does not support tools", // Ollama
            "does not support thinking",
            "does not support chat");

    /** OpenAI's and Groq's for a request that has more tokens than a whole minute may have. */
    private static final List<String> TOO_MUCH = List.of("request too large for ");

    /** The same, but with 4xx alone: gateways say the like of servers that are about to start. */
    private static final List<String> REFUSING = List.of(
            "not a chat model", // OpenAI
            "only supported in v1/responses",
            "no endpoints found"); // OpenRouter: for pictures, for tools, or by the account's rules

    /** What providers call a text that is against their rules. */
    private static final List<String> FILTERED = List.of(
            ProviderError.MODERATION,
            "content_filter", // Azure, Moonshot
            "ResponsibleAIPolicyViolation", // Azure
            "content_policy_violation", // OpenAI
            "data_inspection_failed", // Alibaba
            "DataInspectionFailed",
            "1301"); // Z.ai

    private static final List<String> FILTERED_WORDS = List.of(
            "content management policy", // Azure
            "flagged as potentially violating", // OpenAI
            "usage guidelines", // xAI
            "content exists risk", // DeepSeek
            "content filtering policy"); // Anthropic

    /** By the standard, the server lacks what the request needs. */
    private static final int NOT_IMPLEMENTED = 501;

    private LastingFaults() {}

    static boolean has(int status, ProviderError error) {
        return isUnable(status, error) || says(TOO_LONG, error) || says(UNFIT, error);
    }

    /** Whether the server, or the model that it runs, can't do what was asked at all. */
    static boolean isUnable(int status, ProviderError error) {
        return status == NOT_IMPLEMENTED || says(UNABLE, error) || (status < 500 && says(REFUSING, error));
    }

    /** Whether a filter stopped what was asked. */
    static boolean isFiltered(ProviderError error) {
        return FILTERED.stream().anyMatch(error::is) || says(FILTERED_WORDS, error);
    }

    /** Whether the request alone is more than a limit on the rate allows, which is said as if it were for now. */
    static boolean isTooMuch(ProviderError error) {
        return says(TOO_MUCH, error);
    }

    private static boolean says(List<String> words, ProviderError error) {
        String message = error.message().toLowerCase(Locale.ROOT);
        return words.stream().anyMatch(message::contains);
    }
}
