package io.afnio4j.model;

/**
 * How long the answer to a request may be.
 *
 * @param tokens the most, of all the {@code n} answers together where several are asked for
 * @param declared whether the request says so; otherwise {@value TokenEstimator#DEFAULT_ANSWER} tokens are assumed for an answer, a limit that nothing enforces
 */
public record AnswerLimit(long tokens, boolean declared) {

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
        long each = limit < 0 ? TokenEstimator.DEFAULT_ANSWER : limit;
        return new AnswerLimit(Math.min(each * answers, TokenEstimator.MOST), limit >= 0);
    }
}
