package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.model.AnswerLimit;

/**
 * What one request takes of the limits per minute, and where it stands in their ledgers. Guarded by the lock of its
 * {@link Rates}.
 */
final class Ticket {

    final Phase phase;

    /** The estimate of its prompt, and how long its answer may be; 0 where nobody counts tokens. */
    final long promptTokens;

    final AnswerLimit answer;

    /** What it is likely to use as things stand; from its start on what was taken for it, and then what it used. */
    long tokens;

    /**
     * What it may use as far as anybody knows; from its start on what is held for it beside others, and then what it
     * used.
     */
    long most;

    long requestSlot;
    long tokenSlot;
    long mostSlot;
    long requestsStarted;
    long tokensStarted;

    Ticket(Phase phase, long promptTokens, AnswerLimit answer) {
        this.phase = phase;
        this.promptTokens = promptTokens;
        this.answer = answer;
    }
}
