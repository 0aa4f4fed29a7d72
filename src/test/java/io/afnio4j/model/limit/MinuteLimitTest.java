package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MinuteLimitTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MINUTE = 60 * SECOND;

    private record Use(long at, long amount) {}

    /**
     * Whatever callers want, whenever they come, whichever minute the provider looks at, though requests arrive up to
     * half a second late.
     */
    @Property(tries = 300)
    void letsNoMinuteSeeMoreThanTheLimit(
            @ForAll @IntRange(min = 10, max = 2_000) int limit,
            @ForAll @Size(min = 100, max = 300) List<@LongRange(max = 8_000_000_000L) Long> pauses,
            @ForAll @IntRange(min = 1, max = 10) int largest) {
        MinuteLimit limited = new MinuteLimit(limit, 0);
        Deque<Use> lastMinute = new ArrayDeque<>();
        long now = 0;
        for (long pause : pauses) {
            // Half of the callers come at once, so that there are busy stretches and idle ones.
            now += pause % 2 == 0 ? pause : 0;
            long amount = 1 + pause % largest;
            now += limited.delay(amount, now);
            assertThat(limited.delay(amount, now)).isZero();
            long slot = limited.take(amount, now);
            long real = Math.max(1, amount - pause % 3); // some use less than they took
            limited.settle(slot, real - amount, now);
            long arrived = now + pause % (SECOND / 2);
            lastMinute.add(new Use(arrived, real));
            lastMinute.removeIf(use -> use.at() <= arrived - MINUTE);
            assertThat(lastMinute.stream().mapToLong(Use::amount).sum()).isLessThanOrEqualTo(limit);
        }
    }

    /** A timer that fires late by a random part of 90 ms loses nothing. */
    @Property(tries = 50)
    void isUsedToNearlyItsEnd(@ForAll @LongRange(min = 1, max = 90_000_000L) long jitter) {
        MinuteLimit limited = new MinuteLimit(600, 0);
        long now = 0;
        int starts = 0;
        for (; now < 10 * MINUTE; starts++) {
            long wait = limited.delay(1, now);
            now += wait == 0 ? 0 : wait + (starts * 7_919_777L) % jitter;
            var unused = limited.take(1, now);
        }
        assertThat(starts).isBetween((int) (6_000 * 0.985), 6_000);
    }

    @Test
    void whatWantsMoreThanTheLimitGoesAloneAndNotNever() {
        MinuteLimit limited = new MinuteLimit(100, 0);
        assertThat(limited.delay(5_000, 0)).isZero();
        var unused = limited.take(5_000, 0);
        assertThat(limited.delay(1, 10 * SECOND)).isPositive();
        assertThat(limited.delay(5_000, 120 * MINUTE)).isZero();
    }

    @Test
    void whatWasTakenTooMuchComesBackAtOnce() {
        MinuteLimit limited = new MinuteLimit(100, 0);
        long slot = limited.take(100, 0);
        assertThat(limited.delay(1, SECOND)).isGreaterThan(50 * SECOND);
        limited.settle(slot, -99, SECOND);
        assertThat(limited.delay(1, SECOND)).isZero();
        limited.settle(slot, 99, SECOND);
        assertThat(limited.delay(1, SECOND)).isGreaterThan(50 * SECOND);
    }

    @Test
    void aLateSettlementOfWhatIsForgottenChangesNoLaterMinute() {
        MinuteLimit limited = new MinuteLimit(100, 0);
        long slot = limited.take(10, 0);
        long later = 5 * MINUTE;
        assertThat(limited.delay(100, later)).isZero();
        limited.settle(slot, -10, later);
        var unused = limited.take(100, later);
        assertThat(limited.delay(1, later + 30 * SECOND)).isPositive();
        assertThat(limited.delay(1, later + 61 * SECOND)).isZero();
    }

    @Test
    void whatTurnsOutToBeManyTimesTheLimitIsForgottenWithItsMinute() {
        MinuteLimit limited = new MinuteLimit(100, 0);
        long slot = limited.take(10, 0);
        limited.settle(slot, 2_990, 0);
        assertThat(limited.delay(1, 30 * SECOND)).isPositive();
        assertThat(limited.delay(1, 61 * SECOND)).isZero();
    }
}
