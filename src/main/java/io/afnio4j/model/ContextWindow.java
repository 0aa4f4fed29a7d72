package io.afnio4j.model;

import java.time.LocalDate;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * How many tokens a model takes, prompt and answer together. Requests for feedback and for new prompts, which the
 * library writes and which grow with what was said, are measured against it, and what is too long is never sent. Other
 * requests are sent as they are, and the provider says that they are too long. The built-in table knows models by their
 * path; others say it themselves with {@link ChatModel#contextWindow()}.
 */
public final class ContextWindow {

    /** The window where it isn't known: nothing is measured against it. */
    public static final long UNKNOWN = Long.MAX_VALUE;

    private static final Properties TABLE = Table.load("windows.properties");
    private static final Pattern DATE = Pattern.compile("-(\\d{4}-\\d{2}-\\d{2}|\\d{8})$");
    private static final int FRAME = 16; // what stands around a message
    private static final int MOST_PER_CHARACTER = 3; // its bytes in UTF-8, each of which can be a token
    private static final Map<String, Long> FOUND = new ConcurrentHashMap<>(); // as many as there are models

    private ContextWindow() {}

    /**
     * Looks a window up.
     *
     * @param model the model's path, for example {@code openai/gpt-4o}, with or without the date of its version
     * @return tokens, {@link #UNKNOWN} where the table doesn't know the model
     */
    public static long of(String model) {
        Long found = FOUND.get(model);
        return found != null ? found : FOUND.computeIfAbsent(model, ContextWindow::find);
    }

    private static long find(String model) {
        String row =
                TABLE.getProperty(model, TABLE.getProperty(DATE.matcher(model).replaceFirst(""), ""));
        return row.isBlank() ? UNKNOWN : Long.parseLong(row.strip());
    }

    /**
     * When the table was made.
     *
     * @return the date on which its windows held
     */
    public static LocalDate asOf() {
        return LocalDate.parse(TABLE.getProperty("asOf"));
    }

    /**
     * How much a request is too long for a model. The tokens of the prompt are counted by the
     * {@linkplain ChatModel#tokenEstimator() model's estimator}; for the answer its limit is kept free, or
     * {@value TokenEstimator#DEFAULT_ANSWER} tokens where it has none. A request that is short without doubt costs no
     * rough estimate.
     *
     * @param model who is to be asked
     * @param request what is to be sent
     * @return how many tokens there are too many, 0 where it fits
     */
    public static long excess(ChatModel model, ChatRequest request) {
        long window = model.contextWindow();
        if (window == UNKNOWN) {
            return 0;
        }
        boolean asItStands = model.tokenEstimator() == TokenEstimator.rough(); // others may know of what is added to it
        return asItStands
                        && MOST_PER_CHARACTER * characters(request)
                                < window - AnswerLimit.of(request.options()).each()
                ? 0
                : Math.max(0, -room(model, request));
    }

    /**
     * How many tokens a model can take beside a request and the answer to it.
     *
     * @param model who is to be asked
     * @param request what is to be sent
     * @return tokens, {@link #UNKNOWN} where the model's window isn't known; less than 0 where the request doesn't fit
     *     by itself
     */
    public static long room(ChatModel model, ChatRequest request) {
        long window = model.contextWindow();
        if (window == UNKNOWN) {
            return UNKNOWN;
        }
        TokenEstimator estimator = model.tokenEstimator();
        return window - estimator.answer(request).each() - estimator.promptTokens(request);
    }

    /** The length of a request in characters, or more than any window where it holds something else. */
    private static long characters(ChatRequest request) {
        CompletionOptions options = request.options();
        boolean described = options.get("tools") != null || options.get("response_format") != null;
        long characters = described ? Integer.MAX_VALUE : 0;
        for (ChatMessage message : request.messages()) {
            characters += message.toolCalls().isEmpty() ? FRAME : Integer.MAX_VALUE;
            for (ContentPart part : message.parts()) {
                characters +=
                        part instanceof ContentPart.Text text ? text.text().length() : Integer.MAX_VALUE;
            }
        }
        return characters;
    }
}
