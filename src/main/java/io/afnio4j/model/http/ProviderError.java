package io.afnio4j.model.http;

import static java.util.stream.Collectors.joining;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a provider says about a failure, in whichever of the many forms: the protocol's {@code error} object, an
 * {@code error} that is a text, the fields at the top, a {@code detail}, an array around it all, plain text.
 *
 * @param message the explanation, as the provider wrote it, "" where there is none
 * @param names what the provider calls this failure and its kind: codes, types, reasons, a status in digits
 * @param pause how long it asks to be left alone, in a form that {@link RetryAfter#duration} reads, "" where the body
 *     doesn't say
 */
record ProviderError(String message, List<String> names, String pause) {

    static final ProviderError NONE = new ProviderError("", List.of(), "");

    /** The name of a failure whose text was found to be against the rules. */
    static final String MODERATION = "moderation";

    private static final List<String> EXPLAINING = List.of(
            "message",
            "Message", // Amazon's
            "msg",
            "detail",
            "errors",
            "title",
            "error_msg",
            "status_msg"); // the last two are Baidu's and MiniMax's

    /** The last one is Hugging Face's. */
    private static final List<String> NAMING = List.of("code", "type", "status", "status_code", "error_type");

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /**
     * Which status a failure has that came inside an answer, by a word in its names; where several fit, the highest.
     */
    private static final Map<String, Integer> STATUS_BY_WORD = Map.ofEntries(
            Map.entry("rate_limit", 429),
            Map.entry("resource_exhausted", 429),
            Map.entry("insufficient_quota", 429),
            Map.entry("overloaded", 503),
            Map.entry("overloaded_error", 529),
            Map.entry("unavailable", 503),
            Map.entry("authentication", 401),
            Map.entry("api_key", 401),
            Map.entry("permission", 403),
            Map.entry("billing", 402),
            Map.entry("context_length", 400),
            Map.entry("content_filter", 400),
            Map.entry("too_large", 413),
            Map.entry("validation", 422),
            Map.entry("invalid_request", 400),
            Map.entry("invalid_argument", 400),
            Map.entry("badrequest", 400),
            Map.entry("not_found", 404),
            Map.entry("notfound", 404));

    /** MiniMax's. */
    private static final Map<String, Integer> STATUS_BY_CODE =
            Map.of("1002", 429, "1004", 401, "1008", 402, "2013", 400);

    /**
     * Reads the body of a failed answer.
     *
     * @param body whatever came, possibly nothing or a page of HTML
     * @return what could be understood of it
     */
    static ProviderError read(Bytes body) {
        try {
            return read(MAPPER.readTree(body.array(), 0, body.length()));
        } catch (JacksonException notJson) {
            String text = new String(body.array(), 0, body.length(), StandardCharsets.UTF_8).strip();
            return text.startsWith("<") ? NONE : new ProviderError(text, List.of(), RetryAfter.words(text));
        }
    }

    /**
     * Reads an error object.
     *
     * @param whole what holds the error
     * @return what could be understood of it
     */
    static ProviderError read(JsonNode whole) {
        JsonNode outer = whole.isArray() ? whole.path(0) : whole;
        JsonNode inner = outer.path("error");
        // What only holds another error explains nothing itself, as where an event's name says what its data are.
        JsonNode root = inner.has("error") && words(inner).isEmpty() ? inner : outer;
        JsonNode error = root.path("error");
        JsonNode state = root.path("base_resp"); // MiniMax's, with good answers as well
        JsonNode fault = state.path("status_code").asInt(0) == 0 ? root : state;
        JsonNode told = error.isObject() ? error : fault;
        String message = explanation(error, fault);
        return new ProviderError(message, names(told), pause(told, message));
    }

    private static String explanation(JsonNode error, JsonNode fault) {
        String words = words(error);
        String beside = error.isObject() && !words.isEmpty() ? "" : words(fault);
        String raw = error.path("metadata").path("raw").asString("").strip();
        return Stream.of(words, beside).filter(text -> !text.isEmpty()).collect(joining(": "))
                + (raw.isEmpty() ? "" : " (" + raw + ")");
    }

    private static List<String> names(JsonNode told) {
        Stream<String> fields = NAMING.stream().map(field -> told.path(field).asString(""));
        Stream<String> reasons = told.path("details")
                .valueStream()
                .map(detail -> detail.path("reason").asString(""));
        Stream<String> moderated = told.path("metadata").has("reasons") ? Stream.of(MODERATION) : Stream.empty();
        return Stream.of(fields, reasons, moderated)
                .flatMap(Function.identity())
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** Google's, OpenRouter's, and in words. */
    private static String pause(JsonNode told, String message) {
        Stream<String> delays = told.path("details")
                .valueStream()
                .map(detail -> detail.path("retryDelay").asString(""));
        Stream<String> resets = told.path("metadata").path("headers").properties().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("x-ratelimit-reset"))
                .map(header -> header.getValue().asString(""));
        return Stream.concat(delays, resets)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseGet(() -> RetryAfter.words(message));
    }

    /** What explains a failure, wherever it stands, with the place in the request where it was found. */
    private static String words(JsonNode value) {
        if (value.isArray()) {
            return value.valueStream()
                    .map(ProviderError::words)
                    .filter(text -> !text.isEmpty())
                    .collect(joining("; "));
        }
        if (!value.isObject()) {
            return value.isBoolean() ? "" : value.asString("");
        }
        String place = place(value);
        return EXPLAINING.stream()
                .map(name -> words(value.path(name)))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .map(text -> place.isEmpty() || text.contains(place) ? text : place + ": " + text)
                .orElse("");
    }

    private static String place(JsonNode value) {
        boolean invalid = value.path("type").asString("").startsWith("invalid");
        return invalid && value.path("param").isString()
                ? value.path("param").stringValue()
                : value.path("loc").valueStream().map(JsonNode::asString).collect(joining("."));
    }

    /**
     * Whether an answer, whatever its status said, is an error in truth. Some servers send an error that says nothing
     * with each good answer.
     *
     * @param root the answer
     * @return true where it holds an error
     */
    static boolean isIn(JsonNode root) {
        JsonNode error = (root.isArray() ? root.path(0) : root).path("error");
        return ((error.isString() || error.isObject()) && saysSomething(error))
                || root.path("object").asString("").equals("error");
    }

    private static boolean saysSomething(JsonNode value) {
        if (value.isContainer()) {
            return value.valueStream().anyMatch(ProviderError::saysSomething);
        }
        return value.isString() ? !value.stringValue().isBlank() : value.asDouble(0) != 0;
    }

    boolean is(String name) {
        return names.contains(name);
    }

    /**
     * The HTTP status that this failure would have had if it hadn't come inside an answer.
     *
     * @return a status from 400 to 599
     */
    int impliedStatus() {
        for (String name : names) {
            if (name.matches("[45]\\d\\d")) {
                return Integer.parseInt(name);
            }
            Integer known = STATUS_BY_CODE.get(name);
            if (known != null) {
                return known;
            }
        }
        if (message.toLowerCase(Locale.ROOT).startsWith("unexpected endpoint")) {
            return 404; // LM Studio, with status 200
        }
        String words = String.join(" ", names).toLowerCase(Locale.ROOT);
        return STATUS_BY_WORD.entrySet().stream()
                .filter(entry -> words.contains(entry.getKey()))
                .mapToInt(Map.Entry::getValue)
                .max()
                .orElse(500);
    }
}
