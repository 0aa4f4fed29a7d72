package io.afnio4j.model;

import io.afnio4j.context.Phase;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Counts what calls use, by {@link Phase}. Safe to write and to read from any thread at any moment. */
public final class UsageMeter {

    private final Map<Phase, Totals> totals = new EnumMap<>(Phase.class); // guarded by this

    /**
     * Counts one exchange.
     *
     * @param exchange what it came to
     */
    public synchronized void count(Exchange exchange) {
        totals.merge(exchange.phase(), Totals.of(exchange), Totals::plus);
    }

    /**
     * What was counted so far for one phase.
     *
     * @param phase the phase
     * @return a snapshot
     */
    public synchronized Totals of(Phase phase) {
        return totals.getOrDefault(phase, Totals.NONE);
    }

    /**
     * What was counted so far, by phase.
     *
     * @return a snapshot; phases without calls are left out
     */
    public synchronized Map<Phase, Totals> byPhase() {
        return Collections.unmodifiableMap(new EnumMap<>(totals));
    }

    /**
     * What was counted so far over all phases.
     *
     * @return a snapshot
     */
    public synchronized Totals total() {
        return totals.values().stream().reduce(Totals.NONE, Totals::plus);
    }

    /**
     * Goes on from what was counted before, in another run for example. A phase of which this meter has counted no
     * fewer calls itself keeps its count: the sums are old ones of its own then, or its client serves others as well,
     * and counts that go down would hide what was paid.
     *
     * @param counted sums by phase
     */
    public synchronized void restore(Map<Phase, Totals> counted) {
        counted.forEach((phase, before) ->
                totals.merge(phase, before, (own, other) -> own.calls() < other.calls() ? other : own));
    }

    /**
     * Starts again from zero. Exchanges in flight are counted when they end. A budget keeps its own count and doesn't
     * hear of it.
     */
    public synchronized void clear() {
        totals.clear();
    }

    /**
     * Sums over calls.
     *
     * @param calls answered calls
     * @param failures attempts that brought no answer
     * @param cancelled attempts whose end the caller didn't wait for
     * @param usage tokens as the provider counted them
     * @param cost what they cost, as far as prices are known: 0 for a model without a price, so it is the whole only
     *     where {@code unpriced} is 0; {@link #costText()} says which it is
     * @param assumedCost what those exchanges may have cost at most, beside {@code cost}, that the provider didn't
     *     count: lost, cancelled and unusable answers, and answers without a usage; of a stream that ended early, what
     *     had come of it. Again as far as prices are known
     * @param unpriced exchanges with a usage whose price isn't known: where it isn't 0, both costs are only a part, or
     *     nothing of what was paid
     * @param callTime the sum of the times that the exchanges took, as if each had waited for the one before
     */
    public record Totals(
            long calls,
            long failures,
            long cancelled,
            Usage usage,
            Cost cost,
            Cost assumedCost,
            long unpriced,
            Duration callTime) {

        /** Nothing counted. */
        public static final Totals NONE = new Totals(0, 0, 0, Usage.NONE, Cost.ZERO, Cost.ZERO, 0, Duration.ZERO);

        static Totals of(Exchange exchange) {
            Cost cost = exchange.cost() == null ? Cost.ZERO : exchange.cost();
            boolean used = !exchange.usage().equals(Usage.NONE);
            return new Totals(
                    exchange.outcome() == Exchange.Outcome.ANSWERED ? 1 : 0,
                    exchange.outcome() == Exchange.Outcome.FAILED ? 1 : 0,
                    exchange.outcome() == Exchange.Outcome.CANCELLED ? 1 : 0,
                    exchange.assumed() ? Usage.NONE : exchange.usage(),
                    exchange.assumed() ? Cost.ZERO : cost,
                    exchange.assumed() ? cost : Cost.ZERO,
                    used && exchange.cost() == null ? 1 : 0,
                    exchange.took());
        }

        public Totals plus(Totals other) {
            return new Totals(
                    calls + other.calls,
                    failures + other.failures,
                    cancelled + other.cancelled,
                    usage.plus(other.usage),
                    cost.plus(other.cost),
                    assumedCost.plus(other.assumedCost),
                    unpriced + other.unpriced,
                    callTime.plus(other.callTime));
        }

        /**
         * The cost in words that never pass unknown for nothing.
         *
         * @return for example {@code $0.0123}, {@code unknown}, or {@code at least $0.0123}
         */
        public String costText() {
            return cost.text(unpriced == 0);
        }

        @Override
        public String toString() {
            return "Totals[calls=" + calls + ", failures=" + failures + ", cancelled=" + cancelled + ", usage=" + usage
                    + ", cost=" + costText() + ", assumedCost=" + assumedCost.text(unpriced == 0) + ", unpriced="
                    + unpriced + ", callTime=" + callTime + "]";
        }
    }
}
