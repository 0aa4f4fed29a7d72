package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many tokens a call is likely to use: what a limit per minute takes for it until its answer says what it was. It
 * learns from answers how far the estimates of prompts are off, and, for each phase, which part of what they may have
 * answers use: those with a limit of their own and those without by themselves. The likely number is what matters, not
 * the largest: with the largest, the calls in flight would hold most of the limit for tokens that never come. What may
 * come all the same is {@link #most}. One answer that is far from all others teaches little. Not thread-safe: its owner
 * asks under a lock.
 */
final class Forecast {

    private final TokenEstimator estimator;
    private final Map<Phase, Part> ofLimited = new EnumMap<>(Phase.class);
    private final Map<Phase, Part> ofOthers = new EnumMap<>(Phase.class);
    private final Part ofPrompts = new Part();

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
        return new Ticket(phase, estimator.promptTokens(request), estimator.answer(request));
    }

    /**
     * Estimates a call by what is known now.
     *
     * @param ticket its needs
     * @return tokens read and written, at least 1
     */
    long tokens(Ticket ticket) {
        return Math.max(1, Math.round(prompt(ticket) + answers(ticket).usual * ticket.answer.tokens()));
    }

    /**
     * What a call may use as far as anybody knows: with an answer as long as its limit, or as is assumed where it has
     * none.
     *
     * @param ticket its needs
     * @return tokens read and written, at least what is likely
     */
    long most(Ticket ticket) {
        return Math.max(tokens(ticket), Math.round(prompt(ticket) + ticket.answer.tokens()));
    }

    private double prompt(Ticket ticket) {
        return ticket.promptTokens * ofPrompts.usual;
    }

    private Part answers(Ticket ticket) {
        return (ticket.answer.declared() ? ofLimited : ofOthers).computeIfAbsent(ticket.phase, phase -> new Part());
    }

    /**
     * Learns from an answer.
     *
     * @param ticket what was estimated
     * @param usage what the provider counted
     */
    void learn(Ticket ticket, Usage usage) {
        ofPrompts.learn(usage.promptTokens(), ticket.promptTokens);
        answers(ticket).learn(usage.completionTokens(), ticket.answer.tokens());
    }

    /** Which part of an estimate is really used; nothing is learnt of what has no tokens, as vectors have no words. */
    private static final class Part {

        private static final double LEARNING = 0.1;
        private static final double OUTLIER = 8;

        private double usual = 1;
        private long seen;

        private void learn(long real, long estimate) {
            if (real > 0 && estimate > 0) {
                double latest = Math.min((double) real / estimate, OUTLIER * usual);
                usual += Math.max(LEARNING, 1.0 / ++seen) * (latest - usual);
            }
        }
    }
}
