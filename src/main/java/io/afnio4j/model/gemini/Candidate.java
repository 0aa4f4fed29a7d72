package io.afnio4j.model.gemini;

import static io.afnio4j.model.http.Tokens.count;

import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.Turns;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An answer that is read from one response or, when it is streamed, from several of the same form: each brings more
 * parts, and the usage so far.
 */
final class Candidate {

    /** Begins the ids that are made up here for calls which come without. */
    static final String OWN_ID = "afnio4j-call-";

    private final Answers judge;
    private final StringBuilder text = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private boolean spoken;
    private @Nullable FinishReason reason;
    private Usage usage = Usage.NONE;
    private String model;

    Candidate(Answers judge) {
        this.judge = judge;
        this.model = judge.model();
    }

    /**
     * Takes in a response.
     *
     * @param root an object that isn't an error
     * @return the words that it adds
     */
    String add(JsonNode root) {
        JsonNode candidate = Answers.first(root.path("candidates"));
        int before = text.length();
        candidate.path("content").path("parts").forEach(this::addPart);
        if (candidate.path("finishReason").isString()) {
            reason = reason(candidate.path("finishReason").stringValue());
        } else if (root.path("promptFeedback").path("blockReason").isString()) {
            reason = FinishReason.CONTENT_FILTER;
        }
        if (root.path("usageMetadata").isObject()) {
            usage = usage(root.path("usageMetadata"));
        }
        model = root.path("modelVersion").asString(model);
        return text.substring(before);
    }

    private void addPart(JsonNode part) {
        JsonNode call = part.path("functionCall");
        if (call.isObject()) {
            calls.add(new ToolCall(
                    call.path("id").asString(OWN_ID + calls.size()),
                    call.path("name").asString(""),
                    Turns.given(call.path("args")),
                    part.path("thoughtSignature").isString()
                            ? part.path("thoughtSignature").stringValue()
                            : null));
        } else if (part.path("text").isString() && !part.path("thought").asBoolean(false)) {
            text.append(part.path("text").stringValue());
            spoken = true;
        }
    }

    private FinishReason reason(String name) {
        return switch (name) {
            case "STOP" -> FinishReason.STOP;
            case "MAX_TOKENS" -> FinishReason.LENGTH;
            case "SAFETY",
                    "RECITATION",
                    "LANGUAGE",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> FinishReason.CONTENT_FILTER;
            case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL" ->
                throw judge.broken("holds a call of a tool that can't be read (" + name + ")");
            case "MALFORMED_RESPONSE" ->
                throw judge.broken("was given up in the middle by the provider (" + name + ")");
            default -> FinishReason.OTHER;
        };
    }

    private static Usage usage(JsonNode told) {
        long thoughts = count(told.path("thoughtsTokenCount"));
        return new Usage(
                count(told.path("promptTokenCount")) + count(told.path("toolUsePromptTokenCount")),
                count(told.path("cachedContentTokenCount")),
                count(told.path("candidatesTokenCount")) + thoughts,
                thoughts);
    }

    /** Gemini also says STOP where it wants tools to be called, and may name them later. */
    @Nullable FinishReason reason() {
        return reason == FinishReason.STOP && !calls.isEmpty() ? FinishReason.TOOL_CALLS : reason;
    }

    List<ToolCall> calls() {
        return calls;
    }

    Usage usage() {
        return usage;
    }

    String model() {
        return model;
    }

    /**
     * The answer, when all of it was added.
     *
     * @return the answer
     * @throws io.afnio4j.error.AfnioException where it isn't whole
     */
    ChatResponse whole() {
        FinishReason told = reason();
        FinishReason why = told == null ? FinishReason.OTHER : told;
        judge.requireWhole(spoken || !calls.isEmpty(), "", why, usage);
        return new ChatResponse(text.toString(), calls, why, usage, model);
    }
}
