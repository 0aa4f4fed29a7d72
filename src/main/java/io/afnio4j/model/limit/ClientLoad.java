package io.afnio4j.model.limit;

import io.afnio4j.model.Spending;

/**
 * How busy a client is, and what has happened to its calls since it was made.
 *
 * @param inFlight how many requests are in flight
 * @param queued how many requests wait for their turn; a call that waits before it is sent again isn't one of them
 * @param places how many requests may be in flight: fewer than {@link io.afnio4j.model.Limits#maxConcurrency()} after
 *     throttled answers, and where the number is adaptive
 * @param breaker what the circuit breaker does, {@link BreakerState#CLOSED} where there is none
 * @param retries how many times a call was sent again
 * @param hedges how many times a call that took long was sent a second time
 * @param throttled how many answers said that too many requests came
 * @param cache what came of looking into the cache, {@link CacheUse#NONE} where there is none
 * @param budget how much of its budget the client has used, {@link BudgetUse#NONE} where there is none
 */
public record ClientLoad(
        int inFlight,
        int queued,
        int places,
        BreakerState breaker,
        long retries,
        long hedges,
        long throttled,
        CacheUse cache,
        BudgetUse budget) {

    /**
     * What came of looking into a cache.
     *
     * @param hits calls whose answer lay there
     * @param joined calls that joined an equal one on its way
     * @param misses calls that had to be made
     */
    public record CacheUse(long hits, long joined, long misses) {

        /** Nobody looked. */
        public static final CacheUse NONE = new CacheUse(0, 0, 0);
    }

    /**
     * How much of its budget a client has used. Of a {@linkplain io.afnio4j.model.SharedBudget shared} one this is the
     * client's own part: those of all clients add up to what {@link io.afnio4j.model.SharedBudget#spent()} says at
     * once.
     *
     * @param spent what was counted of the client's calls since it was made
     * @param reserved what its calls in flight have reserved
     */
    public record BudgetUse(Spending spent, Spending reserved) {

        /** Nothing. */
        public static final BudgetUse NONE = new BudgetUse(Spending.NONE, Spending.NONE);
    }
}
