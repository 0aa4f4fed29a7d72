package io.afnio4j.model.limit;

import io.afnio4j.model.ThrottleScope;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How long a provider wants to be left alone, by all who come with one key: what one client is told holds the others
 * back as well, also those that are made while it lasts. It is known for as long as it lasts, so clients have nothing
 * to give back. Safe to use from any thread.
 */
final class Pause {

    /** Those that last, and a few that are over and that nobody has asked for since. */
    static final Map<Whose, Running> SHARED = new ConcurrentHashMap<>();

    private final @Nullable Whose whose;

    /**
     * The pause of those who come with one key.
     *
     * @param scope who they are, null for a client alone, which knows by itself what it was told
     * @param timers measures the time; those who measure another time have other pauses
     */
    Pause(@Nullable ThrottleScope scope, Scheduler timers) {
        this.whose = scope == null ? null : new Whose(scope, timers);
    }

    /** Whoever comes while it lasts is to wait. Where the provider has asked before, the longer wait counts. */
    void extend(Duration asked) {
        if (whose != null) {
            SHARED.values().removeIf(pause -> pause.left() == 0);
            SHARED.compute(
                    whose,
                    (same, before) ->
                            new Running(same.timers, Math.max(asked.toNanos(), before == null ? 0 : before.left())));
        }
    }

    /** How many nanoseconds it still lasts, 0 where there is none. */
    long left() {
        Running pause = whose == null ? null : SHARED.get(whose);
        long left = pause == null ? 0 : pause.left();
        if (pause != null && left == 0) {
            SHARED.remove(whose, pause); // not one that has come in its place
        }
        return left;
    }

    record Whose(ThrottleScope scope, Scheduler timers) {}

    private static final class Running {

        private final Time time; // guarded by this
        private final long until;

        private Running(Scheduler timers, long length) {
            this.time = new Time(timers);
            this.until = time.now() + length;
        }

        private synchronized long left() {
            return Math.max(0, until - time.now());
        }
    }
}
