package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final AtomicLong clock = new AtomicLong(Duration.ofDays(20_000).toNanos());

    @Test
    void asksTheLimiterOnceForAStart() {
        Pace pace = new Pace(60, clock::get);
        assertThat(pace.reserve()).isZero();
        pace.use();
        assertThat(pace.reserve()).isEqualTo(Duration.ofSeconds(1).toNanos());
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(pace.reserve()).isZero();
        assertThat(pace.reserve()).isZero();
    }

    @Test
    void isNotStalledByAClockThatIsSetBack() {
        Pace pace = new Pace(60, clock::get);
        assertThat(pace.reserve()).isZero();
        pace.use();
        clock.addAndGet(-Duration.ofHours(1).toNanos());
        assertThat(pace.reserve()).isLessThanOrEqualTo(Duration.ofSeconds(1).toNanos());
        pace.use();
        assertThat(pace.reserve()).isLessThanOrEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Property(tries = 300)
    void letsAnyMinuteSeeAtMostOneStartMoreThanTheLimit(
            @ForAll @IntRange(min = 1, max = 40) int perMinute,
            @ForAll @Size(min = 50, max = 200) java.util.List<@LongRange(max = 10_000_000_000L) Long> pauses) {
        AtomicLong now = new AtomicLong();
        Pace pace = new Pace(perMinute, now::get);
        Deque<Long> lastMinute = new ArrayDeque<>();
        for (long pause : pauses) {
            // Half of the callers come at once, so that there are busy stretches and idle ones.
            now.addAndGet(pause % 2 == 0 ? pause : 0);
            now.addAndGet(pace.reserve());
            assertThat(pace.reserve()).isZero();
            pace.use();
            lastMinute.add(now.get());
            lastMinute.removeIf(start -> start <= now.get() - MINUTE);
            assertThat(lastMinute).hasSizeLessThanOrEqualTo(perMinute + 1);
        }
    }
}
