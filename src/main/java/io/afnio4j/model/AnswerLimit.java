package io.afnio4j.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long the answer to a request may be.
 *
 * @param each the most tokens of one answer
 * @param answers how many are asked for ({@code n})
 * @param declared whether the request says how long; otherwise {@value TokenEstimator#DEFAULT_ANSWER} tokens are
 *     assumed for an answer, a limit that nothing enforces
 */
public record AnswerLimit(long each, long answers, boolean declared) {

    /** The limit's name, and the one that servers know it by which follow the older protocol. */
    private static final List<String> NAMES = List.of("max_completion_tokens", "max_tokens");

    /** Gemini's own name for it, and where it stands. */
    private static final String GEMINI_CONFIG = "generationConfig";

    private static final String GEMINI_NAME = "maxOutputTokens";

    /**
     * Reads the limit, by whichever name it is given; the larger number where it is given twice.
     *
     * @param options the request's options
     * @return what they say, or what is assumed where they say nothing
     */
    public static AnswerLimit of(CompletionOptions options) {
        long limit = gemini(options);
        for (String name : NAMES) {
            limit = Math.max(limit, limit(options.get(name)));
        }
        long answers =
                options.get("n") instanceof Number n ? Math.min(Math.max(1, n.longValue()), TokenEstimator.MOST) : 1;
        long each = limit < 0 ? TokenEstimator.DEFAULT_ANSWER : Math.min(limit, TokenEstimator.MOST);
        return new AnswerLimit(each, answers, limit >= 0);
    }

    /**
     * Makes room for several answers in one.
     *
     * @param options with a limit that is meant for one answer, or without a limit
     * @param answers how many answers come in one
     * @return the options with a limit for all of them, by the same name
     */
    public static CompletionOptions inOne(CompletionOptions options, int answers) {
        CompletionOptions wider = options;
        for (String name : NAMES) {
            long limit = limit(options.get(name));
            wider = limit < 0 ? wider : wider.with(name, limit * answers);
        }
        long gemini = gemini(options);
        if (gemini < 0 || !(options.get(GEMINI_CONFIG) instanceof Map<?, ?> config)) {
            return wider;
        }
        Map<Object, Object> all = new LinkedHashMap<>(config);
        all.put(GEMINI_NAME, gemini * answers);
        return wider.with(GEMINI_CONFIG, all);
    }

    private static long gemini(CompletionOptions options) {
        return options.get(GEMINI_CONFIG) instanceof Map<?, ?> config ? limit(config.get(GEMINI_NAME)) : -1;
    }

    /** Some servers take a negative number for no limit. */
    private static long limit(@Nullable Object option) {
        return option instanceof Number tokens ? tokens.longValue() : -1;
    }

    /**
     * What is paid for at most.
     *
     * @return the tokens of all answers together
     */
    public long tokens() {
        return Math.min(each * answers, TokenEstimator.MOST);
    }
}
