package io.afnio4j.model;

/**
 * How long the answer to a request may be.
 *
 * @param each the most tokens of one answer
 * @param answers how many are asked for ({@code n})
 * @param declared whether the request says how long; otherwise {@value TokenEstimator#DEFAULT_ANSWER} tokens are assumed for an answer, a limit that nothing enforces
 */
public record AnswerLimit(long each, long answers, boolean declared) {

    /**
     * Reads the limit.
     *
     * @param options the request's options
     * @return what they say, or what is assumed where they say nothing
     */
    public static AnswerLimit of(CompletionOptions options) {
        long limit = TokenEstimator.longestAnswer(options, -1);
        long answers =
                options.get("n") instanceof Number n ? Math.min(Math.max(1, n.longValue()), TokenEstimator.MOST) : 1;
        return new AnswerLimit(limit < 0 ? TokenEstimator.DEFAULT_ANSWER : limit, answers, limit >= 0);
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
