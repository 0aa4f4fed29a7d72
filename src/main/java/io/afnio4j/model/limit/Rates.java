package io.afnio4j.model.limit;

import io.afnio4j.context.Phase;
import io.afnio4j.model.AnswerLimit;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.Limits;
import io.afnio4j.model.RateLimits;
import io.afnio4j.model.Usage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When the next request may start: the limits per minute that the user set, what the provider says is left, and the
 * pause that it asked for, together. Not thread-safe: its owner asks under a lock, except for {@link #ticket}. All
 * times are in nanoseconds.
 */
final class Rates {

    /**
     * The part of the limit on tokens by which a minute may exceed it, at most, where answers get as long as they may
     * and not as long as usual.
     */
    private static final int MARGIN = 4;

    private static final AnswerLimit UNCOUNTED = new AnswerLimit(0, 1, true);

    private final @Nullable MinuteLimit requests;
    private final @Nullable MinuteLimit tokens;

    /** What the calls of a minute use if all that are in flight get as long as they may. */
    private final @Nullable MinuteLimit mostTokens;

    private final Quota requestQuota;
    private final Quota tokenQuota;
    private final Forecast forecast;
    private final Pause pause;
    private final long longestPause;
    private volatile boolean countsTokens;
    private int inFlight;

    /**
     * What this client was told itself. A longer pause of another client, for which this one doesn't wait, is no leave
     * to go on.
     */
    private long pausedUntil;

    /**
     * Starts without a history.
     *
     * @param limits what the user set
     * @param pause what the provider asked for, of this client or of others
     * @param now the time
     */
    Rates(Limits limits, Pause pause, long now) {
        this.pause = pause;
        this.longestPause = limits.maxRetryWait().toNanos();
        this.requests = limits.requestsPerMinute() == 0 ? null : new MinuteLimit(limits.requestsPerMinute(), now);
        this.tokens = limits.tokensPerMinute() == 0 ? null : new MinuteLimit(limits.tokensPerMinute(), now);
        this.mostTokens = tokens == null
                ? null
                : MinuteLimit.unpaced(limits.tokensPerMinute() + limits.tokensPerMinute() / MARGIN, now);
        this.requestQuota = new Quota(longestPause);
        this.tokenQuota = new Quota(longestPause);
        this.forecast = new Forecast(limits.tokenEstimator());
        this.countsTokens = tokens != null;
        this.pausedUntil = now;
    }

    /** What a request needs, as far as anybody wants to know. Needs no lock. */
    Ticket ticket(ChatRequest request, Phase phase) {
        return countsTokens ? forecast.ticket(request, phase) : new Ticket(phase, 0, UNCOUNTED);
    }

    /**
     * How long until a request may start.
     *
     * @param ticket its needs
     * @param now the time
     * @return 0 for now
     */
    long delay(Ticket ticket, long now) {
        // Now and not when it came, so that what was learnt while it queued counts.
        ticket.tokens = countsTokens ? forecast.tokens(ticket) : 0;
        ticket.most = countsTokens ? forecast.most(ticket) : 0;
        long asked = pause.left();
        long wait = Math.max(pausedUntil - now, asked > longestPause ? 0 : asked);
        wait = Math.max(wait, requestQuota.delay(1, now));
        wait = Math.max(wait, tokenQuota.delay(ticket.tokens, now));
        if (requests != null) {
            wait = Math.max(wait, requests.delay(1, now));
        }
        if (mostTokens != null && inFlight > 0) { // one may always go, however long its answer may get
            wait = Math.max(wait, mostTokens.delay(ticket.most, now));
        }
        return tokens == null ? wait : Math.max(wait, tokens.delay(ticket.tokens, now));
    }

    /** A request starts. */
    void start(Ticket ticket, long now) {
        inFlight++;
        requestQuota.take(1);
        tokenQuota.take(ticket.tokens);
        ticket.requestsStarted = requestQuota.started();
        ticket.tokensStarted = tokenQuota.started();
        if (requests != null) {
            ticket.requestSlot = requests.take(1, now);
        }
        if (tokens != null) {
            ticket.tokenSlot = tokens.take(ticket.tokens, now);
        }
        if (mostTokens != null) {
            ticket.mostSlot = mostTokens.take(ticket.most, now);
        }
    }

    /** A request that was started is over, whatever came of it: it uses no more than is known by now. */
    void end(Ticket ticket, long now) {
        inFlight--;
        correct(ticket, ticket.tokens, now);
    }

    /** The provider counted the tokens of a request. */
    void settle(Ticket ticket, Usage usage, long now) {
        if (countsTokens && !usage.equals(Usage.NONE)) {
            forecast.learn(ticket, usage);
            correct(ticket, usage.totalTokens(), now);
        }
    }

    /** A request wasn't sent after all. */
    void notSent(Ticket ticket, long now) {
        correct(ticket, 0, now);
        if (requests != null) {
            requests.settle(ticket.requestSlot, -1, now);
        }
    }

    private void correct(Ticket ticket, long used, long now) {
        if (tokens != null) {
            tokens.settle(ticket.tokenSlot, used - ticket.tokens, now);
        }
        if (mostTokens != null) {
            mostTokens.settle(ticket.mostSlot, used - ticket.most, now);
        }
        ticket.tokens = used;
        ticket.most = used;
    }

    /** The provider said what is left, beside the answer to a request. */
    void learn(Ticket ticket, RateLimits said, long now) {
        requestQuota.learn(said.requests(), ticket.requestsStarted, now);
        tokenQuota.learn(said.tokens(), ticket.tokensStarted, now);
        countsTokens |= tokenQuota.isKnown();
    }

    /**
     * The provider wants to be left alone. Where it asked before, the longer wait counts.
     *
     * @param asked how long; more than the user is going to wait holds nobody back, for then each call has to fail by
     *     itself
     * @param now the time
     */
    void pause(Duration asked, long now) {
        if (asked.toNanos() <= longestPause) {
            pausedUntil = Math.max(pausedUntil, now + asked.toNanos());
            pause.extend(asked);
        }
    }
}
