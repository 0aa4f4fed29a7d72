package io.afnio4j.model.limit;

/**
 * How busy a client is, and what has happened to its calls since it was made.
 *
 * @param inFlight how many requests are in flight
 * @param queued how many requests wait for their turn; a call that waits before it is sent again isn't one of them
 * @param places how many requests may be in flight: fewer than {@link io.afnio4j.model.Limits#maxConcurrency()} after throttled answers, and where the number is
 *     adaptive
 * @param breaker what the circuit breaker does, {@link BreakerState#CLOSED} where there is none
 * @param retries how many times a call was sent again
 * @param hedges how many times a call that took long was sent a second time
 * @param throttled how many answers said that too many requests came
 * @param cache what came of looking into the cache, {@link CacheUse#NONE} where there is none
 * @param budget how much of the budget is used, {@link BudgetUse#NONE} where there is none
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
     * How much of a budget is used.
     *
     * @param spent what it has counted
     * @param reserved what the calls in flight have reserved
     */
    public record BudgetUse(Spending spent, Spending reserved) {

        /** Nothing. */
        public static final BudgetUse NONE = new BudgetUse(Spending.NONE, Spending.NONE);
    }
}
