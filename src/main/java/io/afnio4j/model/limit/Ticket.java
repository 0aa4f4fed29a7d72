package io.afnio4j.model.limit;

import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.Phase;

/** What one request takes of the limits per minute, and where it stands in their ledgers. Guarded by the lock of its {@link RateLimits}. */
final class Ticket {

    final ChatRequest request;
    final Phase phase;

    /** The estimate of its prompt; 0 where nobody counts tokens. */
    final long promptTokens;

    /** What it is likely to use; what it used, once that is known. */
    long tokens;

    long requestSlot;
    long tokenSlot;
    long requestsStarted;
    long tokensStarted;

    Ticket(ChatRequest request, Phase phase, long promptTokens) {
        this.request = request;
        this.phase = phase;
        this.promptTokens = promptTokens;
    }
}
