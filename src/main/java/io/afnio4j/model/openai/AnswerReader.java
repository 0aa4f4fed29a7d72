package io.afnio4j.model.openai;

import static io.afnio4j.model.http.Tokens.count;

import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.Answers;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads answers leniently: compatible servers leave out what they have no use for, write null where the protocol wants
 * an object, and add fields of their own. Only what makes an answer useless is an error: no JSON, no choice, no words,
 * or words that were cut.
 */
final class AnswerReader {

    /** Anthropic's names, which gateways before it hand on. */
    private static final String CACHE_READ = "cache_read_input_tokens";

    private static final String CACHE_WRITE = "cache_creation_input_tokens";

    /** Kinds of parts that some servers put before the words. */
    private static final Pattern THOUGHT = Pattern.compile("think|thought|reason");

    private final Answers judge;

    /**
     * Makes a reader, which any number of calls may share.
     *
     * @param judge what an answer must have to be of use
     */
    AnswerReader(Answers judge) {
        this.judge = judge;
    }

    /**
     * Reads a whole answer.
     *
     * @param answer an object that isn't an error
     * @return the answer
     * @throws io.afnio4j.error.AfnioException where it isn't one, or isn't whole
     */
    ChatResponse read(JsonNode answer) {
        // Some gateways put an object of their own around it.
        JsonNode inner = answer.path("data");
        JsonNode root = inner.path("choices").isArray() ? inner : answer;
        JsonNode choices = root.path("choices");
        JsonNode first = Answers.first(choices);
        JsonNode choice = first.isObject() ? first : choices.path(0);
        if (!choice.isObject()) {
            throw judge.explained(root, "has no choices");
        }
        judge.requireNoError(choice);
        JsonNode message = choice.path("message");
        String text = text(message.path("content"), judge);
        FinishReason reason = reason(choice.path("finish_reason"), judge);
        List<ToolCall> calls = new Thoughts().add(message).onto(calls(choices, message, reason));
        Usage usage = usage(root.path("usage"));
        boolean said = !calls.isEmpty() || (text != null && !text.isEmpty());
        judge.requireWhole(
                said || text != null, said ? "" : message.path("refusal").asString(""), reason, usage);
        if (!message.isObject()) {
            throw judge.noContent();
        }
        String model = root.path("model").asString(judge.model());
        return new ChatResponse(text == null ? "" : text, calls, reason, usage, model);
    }

    /** GitHub's Copilot puts what Claude says and what it calls into choices of their own, without a number. */
    private static List<ToolCall> calls(JsonNode choices, JsonNode message, FinishReason reason) {
        List<ToolCall> own = ToolCalls.whole(message.path("tool_calls"));
        if (reason != FinishReason.TOOL_CALLS || !own.isEmpty()) {
            return own;
        }
        return choices.valueStream()
                .filter(choice -> !choice.has("index"))
                .flatMap(choice -> ToolCalls.whole(choice.path("message").path("tool_calls")).stream())
                .toList();
    }

    /**
     * The words of a message, without its thoughts.
     *
     * @param content a text, null, an array of parts as some servers send it, one part, or an object that was asked for
     *     as JSON
     * @param judge names content of another kind
     * @return the words, null where there is no content
     */
    static @Nullable String text(JsonNode content, Answers judge) {
        if (content.isString()) {
            return content.stringValue();
        }
        if (content.isNull() || content.isMissingNode()) {
            return null;
        }
        if (content.isArray()) {
            return content.valueStream().map(AnswerReader::text).collect(Collectors.joining());
        }
        if (content.isObject()) {
            boolean part = content.path("type").asString("").endsWith("text");
            return part ? text(content) : content.toString();
        }
        throw judge.noContent();
    }

    private static String text(JsonNode part) {
        if (part.isString()) {
            return part.stringValue();
        }
        boolean thought = THOUGHT.matcher(part.path("type").asString("")).find();
        return thought ? "" : part.path("text").asString("");
    }

    static FinishReason reason(JsonNode name, Answers judge) {
        String word = name.asString("");
        int more = word.indexOf(':');
        // Google writes capitals, and behind a colon its own word once more.
        return switch ((more < 0 ? word : word.substring(0, more)).toLowerCase(Locale.ROOT)) {
            case "stop" -> FinishReason.STOP;
            // Mistral's and Z.ai's words for the end of the context window, and watsonx's for the limit.
            case "length", "model_length", "model_context_window_exceeded", "max_tokens", "token_limit" ->
                FinishReason.LENGTH;
            // The second is Z.ai's, the third Anthropic's behind Portkey, the others are Google's.
            case "content_filter",
                    "sensitive",
                    "refusal",
                    "safety",
                    "recitation",
                    "blocklist",
                    "prohibited_content",
                    "spii" -> FinishReason.CONTENT_FILTER;
            case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
            // Words for a server that gave up in the middle: OpenRouter's, watsonx's, vLLM's, DeepSeek's, Z.ai's,
            // Google's and, behind Portkey, Anthropic's.
            case "error",
                    "time_limit",
                    "cancelled",
                    "abort",
                    "insufficient_system_resource",
                    "network_error",
                    "function_call_filter",
                    "overloaded_error",
                    "api_error",
                    "rate_limit_error",
                    "timeout_error" -> throw judge.broken("was given up in the middle by the provider (" + word + ")");
            default -> FinishReason.OTHER;
        };
    }

    static Usage usage(JsonNode usage) {
        JsonNode details = usage.path("prompt_tokens_details");
        long cached = count(details.path("cached_tokens"));
        long written = counted(details, "cache_write_tokens", CACHE_WRITE); // Alibaba has it here
        long prompt = prompt(usage);
        return new Usage(
                prompt,
                cached == 0 ? counted(usage, "prompt_cache_hit_tokens", CACHE_READ) : cached, // DeepSeek's, Anthropic's
                written == 0 ? count(usage.path(CACHE_WRITE)) : written,
                completion(usage, prompt),
                count(usage.path("completion_tokens_details").path("reasoning_tokens")));
    }

    private static long counted(JsonNode usage, String name, String other) {
        long told = count(usage.path(name));
        return told == 0 ? count(usage.path(other)) : told;
    }

    /**
     * Anthropic counts by themselves what was in its cache and what was put there. LiteLLM adds both to the prompt,
     * Portkey to the total alone.
     */
    private static long prompt(JsonNode usage) {
        long told = counted(usage, "prompt_tokens", "input_tokens"); // mlx-vlm's
        long beside = count(usage.path(CACHE_READ)) + count(usage.path(CACHE_WRITE));
        long all = told + beside + counted(usage, "completion_tokens", "output_tokens");
        return all == count(usage.path("total_tokens")) ? told + beside : told;
    }

    /** xAI and Google count what was thought in the total alone, and charge for it as for what was said. */
    private static long completion(JsonNode usage, long prompt) {
        long told = counted(usage, "completion_tokens", "output_tokens");
        return prompt == 0 ? told : Math.max(told, count(usage.path("total_tokens")) - prompt);
    }
}
