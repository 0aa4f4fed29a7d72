package io.afnio4j.model;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts what calls use, by {@link Phase}. Safe to write and to read from any thread at any moment.
 */
public final class UsageMeter {

    private final Map<Phase, Totals> totals = new EnumMap<>(Phase.class); // guarded by this

    /**
     * Counts one answered call.
     *
     * @param phase what it was made for
     * @param usage its tokens
     * @param cost its cost, null where the model's price isn't known
     * @param took from the moment it was sent until its answer was whole
     */
    public synchronized void answered(Phase phase, Usage usage, @Nullable Cost cost, Duration took) {
        totals.merge(
                phase,
                new Totals(1, 0, usage, cost == null ? Cost.ZERO : cost, cost == null ? 1 : 0, took),
                Totals::plus);
    }

    /**
     * Counts one attempt that brought no answer.
     *
     * @param phase what it was made for
     * @param took from the moment it was sent until it failed
     */
    public synchronized void failed(Phase phase, Duration took) {
        totals.merge(phase, new Totals(0, 1, Usage.NONE, Cost.ZERO, 0, took), Totals::plus);
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
     * Goes on from what was counted before, in another run for example. What this meter counted until now is forgotten.
     *
     * @param counted sums by phase
     */
    public synchronized void restore(Map<Phase, Totals> counted) {
        totals.clear();
        totals.putAll(counted);
    }

    /** Starts again from zero. */
    public synchronized void clear() {
        totals.clear();
    }

    /**
     * Sums over calls.
     *
     * @param calls answered calls
     * @param failures attempts that brought no answer
     * @param usage their tokens
     * @param cost their cost, as far as prices are known
     * @param unpriced answered calls whose price isn't known: where it isn't 0, {@code cost} is only a part
     * @param callTime the sum of the times that the calls took, as if each had waited for the one before
     */
    public record Totals(long calls, long failures, Usage usage, Cost cost, long unpriced, Duration callTime) {

        /** Nothing counted. */
        public static final Totals NONE = new Totals(0, 0, Usage.NONE, Cost.ZERO, 0, Duration.ZERO);

        public Totals plus(Totals other) {
            return new Totals(
                    calls + other.calls,
                    failures + other.failures,
                    usage.plus(other.usage),
                    cost.plus(other.cost),
                    unpriced + other.unpriced,
                    callTime.plus(other.callTime));
        }

        /**
         * The cost in words that never pass unknown for nothing.
         *
         * @return for example {@code $0.0123}, {@code unknown}, or {@code at least $0.0123}
         */
        public String costText() {
            if (unpriced == 0) {
                return cost.toString();
            }
            return unpriced == calls ? "unknown" : "at least " + cost;
        }
    }
}
