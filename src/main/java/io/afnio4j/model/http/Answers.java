package io.afnio4j.model.http;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Tells answers that can be used from those that can't, for every provider alike, and names what is wrong with them.
 * Reading is lenient: only what makes an answer useless is an error.
 */
public final class Answers {

    /** Python writes NaN and Infinity where JSON has no word for them, in log probabilities for example. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    static {
        // Finds its way to a tree here, under a lock of Jackson's, and not when the first answers come, many at once.
        var unused = MAPPER.readTree("{}");
    }

    private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

    private final String model;
    private final StatusErrors errors;
    private final Secrets secrets;

    /**
     * Makes a judge, which any number of calls may share.
     *
     * @param model the model's path, for messages
     * @param errors what an error inside an answer means
     * @param secrets what messages must not show
     */
    Answers(String model, StatusErrors errors, Secrets secrets) {
        this.model = model;
        this.errors = errors;
        this.secrets = secrets;
    }

    /**
     * The path of the model whose answers these are.
     *
     * @return {@code provider/model}
     */
    public String model() {
        return model;
    }

    /**
     * Reads JSON that must not be an error in disguise.
     *
     * @param event what holds it, for example the data of an event
     * @return an object
     * @throws AfnioException where it is no JSON, no object, or an error
     */
    public JsonNode parse(byte[] event) {
        return object(read(event, event.length));
    }

    JsonNode parse(Bytes body) {
        return object(parseAny(body));
    }

    /** As {@link #parse}, for what may be an array as well. */
    JsonNode parseAny(Bytes body) {
        return read(body.array(), body.length());
    }

    private JsonNode object(JsonNode root) {
        if (!root.isObject()) {
            throw broken("isn't a JSON object");
        }
        return root;
    }

    private JsonNode read(byte[] bytes, int length) {
        JsonNode root;
        try {
            root = MAPPER.readTree(bytes, 0, length);
        } catch (JacksonException unreadable) {
            // Without the cause: it quotes the answer, which may quote the request.
            String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
            throw broken(
                    text.stripLeading().startsWith("<")
                            ? "is a web page, so the base URL may be wrong"
                            : "isn't whole JSON");
        }
        if (ProviderError.isIn(root)) {
            throw errors.inAnswer(ProviderError.read(root));
        }
        if (!root.isContainer()) {
            throw broken(length == 0 ? "is empty" : "isn't a JSON object");
        }
        return root;
    }

    /**
     * Whether an event says that the stream is done, as OpenAI's does; gateways put it behind the streams of others.
     *
     * @param event the event's data
     * @return whether it begins with {@code [DONE]}
     */
    public static boolean isDone(byte[] event) {
        return event.length >= DONE.length && Arrays.equals(event, 0, DONE.length, DONE, 0, DONE.length);
    }

    /**
     * The first of several answers to one request, wherever it stands: in a stream their pieces come mixed.
     *
     * @param several each with an {@code index}, or one without
     * @return it, a missing node where it isn't there
     */
    public static JsonNode first(JsonNode several) {
        for (JsonNode answer : several) {
            if (answer.path("index").asInt(0) == 0) {
                return answer;
            }
        }
        return MissingNode.getInstance();
    }

    /**
     * Throws what a part of an answer says went wrong.
     *
     * @param part an object in which an {@code error} may stand
     */
    public void requireNoError(JsonNode part) {
        if (ProviderError.isIn(part)) {
            throw errors.inAnswer(ProviderError.read(part));
        }
    }

    /**
     * Throws what an event says that is no piece of an answer, whatever it calls it.
     *
     * @param event an object that isn't an error by its form
     */
    public void requireNoComplaint(JsonNode event) {
        ProviderError error = ProviderError.read(event);
        if (!error.message().isEmpty()) {
            throw errors.inAnswer(error);
        }
    }

    /**
     * Refuses what can't be used although it was read to its end. A model that stopped by itself without a word has
     * answered: servers write "", null or nothing for that, and the same server may write one of them whole and another
     * in pieces.
     *
     * @param spoken whether there were words, even none at all as in "", or calls of tools
     * @param refusal the words with which the model declined to say anything, "" where it didn't
     * @param reason why it stopped
     * @param usage what it cost
     */
    public void requireWhole(boolean spoken, String refusal, FinishReason reason, Usage usage) {
        if (reason == FinishReason.LENGTH) {
            throw new IncompleteAnswerException(
                    "The answer of " + model
                            + " was cut at the token limit: raise max_completion_tokens, or ask for a shorter answer.",
                    usage.spent(),
                    null);
        }
        if (reason == FinishReason.CONTENT_FILTER) {
            throw new IncompleteAnswerException(
                    "The answer of " + model
                            + " was cut by the provider's content_filter, not by max_completion_tokens: change the prompt.",
                    usage.spent(),
                    null);
        }
        if (!refusal.isEmpty()) {
            throw new UnexpectedAnswerException(
                    model + " refused to answer: " + secrets.excerpt(refusal), usage.spent(), null);
        }
        if (!spoken && reason == FinishReason.TOOL_CALLS) {
            throw broken("wants a tool to be called but names none");
        }
        if (!spoken && reason != FinishReason.STOP) {
            throw noContent();
        }
    }

    /**
     * Names an answer that isn't made as the protocol says, so that nobody knows whether anything was said.
     *
     * @return the exception for the caller
     */
    public BrokenAnswerException noContent() {
        return broken("has no content");
    }

    /** Names an answer whose body is packed although this client didn't ask for that; the next one will be, too. */
    UnexpectedAnswerException packed(String encoding) {
        return UnexpectedAnswerException.unread(
                "The answer of " + model + " is packed (" + secrets.excerpt(encoding)
                        + "), which wasn't asked for. Is there a proxy in between? ConnectionOptions.compression(true) reads gzip and deflate.");
    }

    /**
     * Names an answer without what was asked for. Some servers say why in words of their own, with a status as if all
     * were well. One that counts tokens was made, whatever it says.
     *
     * @param root the answer
     * @param how what is missing, where it doesn't explain itself
     * @return the exception for the caller
     */
    public AfnioException explained(JsonNode root, String how) {
        ProviderError error = ProviderError.read(root);
        boolean made = root.path("usage").path("total_tokens").asLong(0) > 0;
        return made || error.message().isEmpty() ? broken(how) : errors.inAnswer(error);
    }

    /**
     * Names an answer that can't be read; the next one may be better.
     *
     * @param how what is wrong, behind "The answer of openai/gpt-4o"
     * @return the exception for the caller
     */
    public BrokenAnswerException broken(String how) {
        return new BrokenAnswerException("The answer of " + model + " " + how + ".", null);
    }
}
