package io.afnio4j.model.openai;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads answers leniently: compatible servers leave out what they have no use for, write null where the protocol wants
 * an object, and add fields of their own. Only what makes an answer useless is an error: no JSON, no choice, no words,
 * or words that were cut.
 */
final class AnswerReader {

    private final String model;
    private final StatusErrors errors;
    private final Secrets secrets;

    /**
     * Makes a reader, which any number of calls may share.
     *
     * @param model the model's path, for messages
     * @param errors what an error inside an answer means
     * @param secrets what messages must not show
     */
    AnswerReader(String model, StatusErrors errors, Secrets secrets) {
        this.model = model;
        this.errors = errors;
        this.secrets = secrets;
    }

    /**
     * Reads a whole answer.
     *
     * @param body the body of an answer with a status of 2xx
     * @return the answer
     * @throws AfnioException where it isn't one, or isn't whole
     */
    ChatResponse read(Bytes body) {
        JsonNode root = parse(body.array(), body.length());
        JsonNode choice = root.path("choices").path(0);
        if (!choice.isObject()) {
            throw broken("has no choices");
        }
        JsonNode message = choice.path("message");
        String text = text(message.path("content"));
        FinishReason reason = reason(choice.path("finish_reason"));
        requireWhole(text != null, message.path("refusal").asString(""), reason);
        return new ChatResponse(
                text == null ? "" : text,
                reason,
                usage(root.path("usage")),
                root.path("model").asString(model));
    }

    /**
     * Reads JSON that must not be an error in disguise.
     *
     * @param bytes what holds it
     * @param length how many of the bytes count
     * @return an object
     */
    JsonNode parse(byte[] bytes, int length) {
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(bytes, 0, length);
        } catch (JacksonException unreadable) {
            // Without the cause: it quotes the answer, which may quote the request.
            throw broken(length > 0 && bytes[0] == '<' ? "is a web page; is the base URL right?" : "isn't whole JSON");
        }
        if (!root.isObject()) {
            throw broken(length == 0 ? "is empty" : "isn't a JSON object");
        }
        if (ProviderError.isIn(root)) {
            throw errors.inAnswer(ProviderError.read(root));
        }
        return root;
    }

    /**
     * Refuses what can't be used although it was read to its end.
     *
     * @param spoken whether there were words, even none at all as in ""
     * @param refusal the words with which the model declined, "" where it didn't
     * @param reason why it stopped
     */
    void requireWhole(boolean spoken, String refusal, FinishReason reason) {
        if (reason == FinishReason.LENGTH) {
            throw new IncompleteAnswerException("The answer of " + model
                    + " was cut at the token limit: raise max_completion_tokens, or ask for a shorter answer.");
        }
        if (reason == FinishReason.CONTENT_FILTER) {
            throw new IncompleteAnswerException("The answer of " + model
                    + " was cut by the provider's content_filter, not by max_completion_tokens: change the prompt.");
        }
        if (!spoken && !refusal.isEmpty()) {
            throw new UnexpectedAnswerException(model + " refused to answer: " + secrets.excerpt(refusal));
        }
        if (!spoken && reason == FinishReason.TOOL_CALLS) {
            throw new UnexpectedAnswerException(
                    model + " wants a tool to be called instead of answering: leave tools out of the options.");
        }
        if (!spoken) {
            throw broken("has no content");
        }
    }

    BrokenAnswerException broken(String how) {
        return new BrokenAnswerException("The answer of " + model + " " + how + ".", null);
    }

    /**
     * The words of a message.
     *
     * @param content a text, null, or an array of parts as some servers send it
     * @return the words, null where there is no content
     */
    static @Nullable String text(JsonNode content) {
        if (content.isArray()) {
            return content.valueStream()
                    .map(part -> part.isString()
                            ? part.stringValue()
                            : part.path("text").asString(""))
                    .collect(Collectors.joining());
        }
        return content.isString() ? content.stringValue() : null;
    }

    static FinishReason reason(JsonNode name) {
        return switch (name.asString("")) {
            case "stop" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            case "content_filter" -> FinishReason.CONTENT_FILTER;
            case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
            default -> FinishReason.OTHER;
        };
    }

    static Usage usage(JsonNode usage) {
        return new Usage(
                count(usage.path("prompt_tokens")),
                count(usage.path("prompt_tokens_details").path("cached_tokens")),
                count(usage.path("completion_tokens")),
                count(usage.path("completion_tokens_details").path("reasoning_tokens")));
    }

    private static long count(JsonNode tokens) {
        return Math.max(0, tokens.asLong(0));
    }
}
