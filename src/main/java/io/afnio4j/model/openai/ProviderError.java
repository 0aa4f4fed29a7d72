package io.afnio4j.model.openai;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What a provider says about a failure, in whichever of the many forms: the protocol's {@code error} object, an {@code
 * error} that is a text, the fields at the top, a {@code detail}, plain text. What is missing is "".
 *
 * @param message the explanation, as the provider wrote it
 * @param code the provider's name for this failure, or a status in digits
 * @param type the provider's name for this kind of failure
 */
record ProviderError(String message, String code, String type) {

    static final ProviderError NONE = new ProviderError("", "", "");

    /** Which status a failure has that came inside an answer, by a word in its code or type; where several fit, the highest. */
    private static final Map<String, Integer> STATUS_BY_WORD = Map.of(
            "rate_limit", 429,
            "insufficient_quota", 429,
            "overloaded", 503,
            "unavailable", 503,
            "authentication", 401,
            "api_key", 401,
            "invalid_request", 400,
            "badrequest", 400,
            "not_found", 404,
            "notfound", 404);

    /**
     * Reads the body of a failed answer.
     *
     * @param body whatever came, possibly nothing or a page of HTML
     * @return what could be understood of it
     */
    static ProviderError read(Bytes body) {
        try {
            return read(Json.MAPPER.readTree(body.array(), 0, body.length()));
        } catch (JacksonException notJson) {
            String text = new String(body.array(), 0, body.length(), StandardCharsets.UTF_8).strip();
            return text.startsWith("<") ? NONE : new ProviderError(text, "", "");
        }
    }

    /**
     * Reads an error object.
     *
     * @param root what holds the error
     * @return what could be understood of it
     */
    static ProviderError read(JsonNode root) {
        JsonNode error = root.path("error");
        if (error.isString()) {
            return new ProviderError(error.stringValue(), "", "");
        }
        JsonNode told = error.isObject() ? error : root;
        String message = told.path("message").asString("");
        return new ProviderError(
                message.isEmpty() ? root.path("detail").asString("") : message,
                told.path("code").asString(""),
                told.path("type").asString(""));
    }

    /**
     * Whether an answer, whatever its status said, is an error in truth.
     *
     * @param root the answer
     * @return true where it holds an error
     */
    static boolean isIn(JsonNode root) {
        JsonNode error = root.path("error");
        return error.isString()
                || error.isObject()
                || root.path("object").asString("").equals("error");
    }

    boolean is(String name) {
        return code.equals(name) || type.equals(name);
    }

    /**
     * The HTTP status that this failure would have had if it hadn't come inside an answer.
     *
     * @return a status from 400 to 599
     */
    int impliedStatus() {
        if (code.matches("[45]\\d\\d")) {
            return Integer.parseInt(code);
        }
        String words = (code + " " + type).toLowerCase(Locale.ROOT);
        return STATUS_BY_WORD.entrySet().stream()
                .filter(entry -> words.contains(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .max()
                .orElse(500);
    }
}
