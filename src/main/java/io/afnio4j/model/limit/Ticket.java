package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;

/** What one request takes of the limits per minute, and where it stands in their ledgers. Guarded by the lock of its {@link Rates}. */
final class Ticket {

    final Phase phase;

    /** The estimate of its prompt, and the limit on its answer; 0 where nobody counts tokens. */
    final long promptTokens;

    final long longestAnswer;

    /** What it is likely to use as things stand; from its start on what was taken for it, and then what it used. */
    long tokens;

    long requestSlot;
    long tokenSlot;
    long requestsStarted;
    long tokensStarted;

    Ticket(Phase phase, long promptTokens, long longestAnswer) {
        this.phase = phase;
        this.promptTokens = promptTokens;
        this.longestAnswer = longestAnswer;
    }
}
