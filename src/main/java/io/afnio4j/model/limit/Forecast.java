package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many tokens a call is likely to use: what a limit per minute takes for it until its answer says what it was. It learns from answers how far the estimates of
 * prompts are off, and how long answers are in each phase. The likely number is what matters, not the largest: with the largest, the calls in flight
 * would hold most of the limit for tokens that never come. Not thread-safe: its owner asks under a lock.
 */
final class Forecast {

    private static final double LEARNING = 0.1;

    private final TokenEstimator estimator;
    private final Map<Phase, Double> answers = new EnumMap<>(Phase.class);
    private double promptRatio = 1;

    Forecast(TokenEstimator estimator) {
        this.estimator = estimator;
    }

    /**
     * Estimates what of a call never changes. Needs no lock.
     *
     * @param request what is going to be sent
     * @param phase what it is for
     * @return its needs
     */
    Ticket ticket(ChatRequest request, Phase phase) {
        return new Ticket(
                phase,
                estimator.promptTokens(request),
                TokenEstimator.longestAnswer(request.options(), Long.MAX_VALUE));
    }

    /**
     * Estimates a call by what is known now.
     *
     * @param ticket its needs
     * @return tokens read and written, at least 1
     */
    long tokens(Ticket ticket) {
        Double usual = answers.get(ticket.phase);
        long most = ticket.longestAnswer;
        double answer = usual != null
                ? Math.min(usual, (double) most)
                : (double) (most == Long.MAX_VALUE ? TokenEstimator.DEFAULT_ANSWER : most);
        return Math.max(1, Math.round(ticket.promptTokens * promptRatio + answer));
    }

    /**
     * Learns from an answer.
     *
     * @param promptTokens what was estimated
     * @param phase what it was for
     * @param usage what the provider counted
     */
    void learn(long promptTokens, Phase phase, Usage usage) {
        if (promptTokens > 0 && usage.promptTokens() > 0) {
            promptRatio += LEARNING * ((double) usage.promptTokens() / promptTokens - promptRatio);
        }
        if (usage.completionTokens() > 0) { // vectors have no words, and say nothing of answers that have
            answers.merge(
                    phase, (double) usage.completionTokens(), (usual, latest) -> usual + LEARNING * (latest - usual));
        }
    }
}
