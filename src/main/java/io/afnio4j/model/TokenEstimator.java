package io.afnio4j.model;

import java.util.function.ToLongFunction;

/**
 * Counts the tokens of a prompt before it is sent: for limits on tokens, for budgets, and for what fits into a
 * {@link ContextWindow}. What the provider counted takes the estimate's place as soon as it is known. Implementations
 * are quick, don't block and are safe to use from any thread.
 */
@FunctionalInterface
public interface TokenEstimator {

    /** How long an answer is taken to be at most where the request sets no limit, in tokens. */
    long DEFAULT_ANSWER = 1_000;

    /** More than any call uses: what is larger counts as this, so that sums stay sums. */
    long MOST = 1_000_000_000;

    /**
     * Counts.
     *
     * @param request what is going to be sent
     * @return its tokens, rather too many than too few
     */
    long promptTokens(ChatRequest request);

    /**
     * An estimate that needs no vocabulary, in one pass over the characters: a third of a token for each in ASCII, one
     * more where letters and digits change among each other as in base64, elsewhere what a character is by itself; four
     * for the frame of a message, a thousand for an image or the like. Measured by OpenAI's vocabularies, cl100k and
     * o200k, whichever makes more of a text: English is counted as up to 1.6 times its tokens, data in letters and
     * digits as no less than nine tenths, no script, emoji or code as less than three quarters, but letters or signs by
     * chance as half. Where o200k has words for a script and cl100k only bytes, as with Georgian or Tamil, the estimate
     * is several times what a model with o200k counts.
     *
     * @return the estimator
     */
    static TokenEstimator rough() {
        return PartsEstimator.ROUGH;
    }

    /**
     * An estimate by a count of a text's tokens: of all texts that a request holds, messages, calls of tools and what
     * describes tools and formats; with four tokens for the frame of a message and a thousand for an image or the like.
     *
     * @param tokens counts those of a text; safe to call from any thread
     * @return the estimator
     */
    static TokenEstimator counting(ToLongFunction<String> tokens) {
        return new PartsEstimator(tokens);
    }

    /**
     * How long the answer may be.
     *
     * @param request what is going to be sent
     * @return the limit that the request sets, or else what is assumed
     */
    default AnswerLimit answer(ChatRequest request) {
        return AnswerLimit.of(request.options());
    }

    /**
     * What a call may use at most, as far as that can be known.
     *
     * @param request what is going to be sent
     * @return the prompt and the longest answer
     */
    default Usage atMost(ChatRequest request) {
        return Usage.of(promptTokens(request), answer(request).tokens());
    }
}
