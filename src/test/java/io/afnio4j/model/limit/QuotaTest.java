package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.RateLimits.Window;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Quota quota = new Quota(120 * SECOND);

    private static Window window(Long limit, Long remaining, Long seconds) {
        return new Window(limit, remaining, seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @Test
    void letsWhatIsLeftStartAndThenNothingUntilTheReset() {
        quota.learn(window(100L, 2L, 30L), 0, 0);
        assertThat(quota.delay(1, 0)).isZero();
        quota.take(1);
        assertThat(quota.delay(1, 0)).isZero();
        quota.take(1);
        assertThat(quota.delay(1, 10 * SECOND)).isEqualTo(20 * SECOND);
        assertThat(quota.delay(1, 30 * SECOND)).isZero();
    }

    @Test
    void hasTheWholeLimitAgainAfterTheResetAndNoMore() {
        quota.learn(window(3L, 0L, 30L), 0, 0);
        assertThat(quota.delay(1, 30 * SECOND)).isZero();
        quota.take(3);
        assertThat(quota.delay(1, 30 * SECOND)).isEqualTo(30 * SECOND);
    }

    @Test
    void takesOffWhatWasStartedSinceTheRequestThatTheAnswerIsTo() {
        quota.take(1);
        long then = quota.started();
        quota.take(2);
        quota.learn(window(10L, 3L, 30L), then, 0);
        assertThat(quota.delay(1, 0)).isZero();
        quota.take(1);
        assertThat(quota.delay(1, 0)).isEqualTo(30 * SECOND);
    }

    @Test
    void letsWhatIsLargerThanTheLimitGoWhenAllOfItIsThere() {
        quota.learn(window(100L, 0L, 30L), 0, 0);
        assertThat(quota.delay(5_000, 0)).isEqualTo(30 * SECOND);
        assertThat(quota.delay(5_000, 30 * SECOND)).isZero();
    }

    @Test
    void learnsNothingFromWhatSaysNothing() {
        for (Window silent : List.of(
                window(null, null, null),
                window(0L, 0L, 30L),
                window(-1L, 0L, 30L),
                window(100L, -1L, 30L),
                window(100L, 0L, null),
                window(100L, 0L, 0L),
                window(100L, 0L, 36_000L))) {
            quota.learn(silent, 0, 0);
            assertThat(quota.isKnown()).as("%s", silent).isFalse();
            assertThat(quota.delay(1, 0)).isZero();
        }
        quota.learn(null, 0, 0);
        assertThat(quota.isKnown()).isFalse();
        quota.learn(window(null, 0L, 30L), 0, 0);
        assertThat(quota.delay(1, 0)).isEqualTo(30 * SECOND);
    }
}
