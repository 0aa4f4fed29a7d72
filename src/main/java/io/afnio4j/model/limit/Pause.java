package io.afnio4j.model.limit;

import io.afnio4j.model.ThrottleScope;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * How long a provider wants to be left alone, by all who come with one key: what one client is told holds the others back as well, also those that are made
 * while it lasts. It is known for as long as it lasts, so clients have nothing to give back. Safe to use from any thread.
 */
final class Pause {

    /** Those that last, and a few that are over and that nobody has asked for since. */
    static final Map<Whose, Running> SHARED = new ConcurrentHashMap<>();

    private final Map<Whose, Running> running;
    private final Whose whose;

    /**
     * The pause of those who come with one key.
     *
     * @param scope who they are, null for one client alone
     * @param timers measures the time; those who measure another time have other pauses
     */
    Pause(@Nullable ThrottleScope scope, Scheduler timers) {
        this.running = scope == null ? new ConcurrentHashMap<>() : SHARED;
        this.whose = new Whose(scope, timers);
    }

    /** Whoever comes while it lasts is to wait. Where the provider has asked before, the longer wait counts. */
    void extend(Duration asked) {
        running.values().removeIf(pause -> pause.left() == 0);
        running.compute(
                whose,
                (same, before) ->
                        new Running(whose.timers, Math.max(asked.toNanos(), before == null ? 0 : before.left())));
    }

    /** How many nanoseconds it still lasts, 0 where there is none. */
    long left() {
        Running pause = running.get(whose);
        long left = pause == null ? 0 : pause.left();
        if (pause != null && left == 0) {
            running.remove(whose, pause); // not one that has come in its place
        }
        return left;
    }

    record Whose(@Nullable ThrottleScope scope, Scheduler timers) {}

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
