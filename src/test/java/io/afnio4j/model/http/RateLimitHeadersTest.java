package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.RateLimits;
import io.afnio4j.model.RateLimits.Window;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitHeadersTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);

    @Test
    void readsLimitsAsOpenAiWritesThem() {
        assertThat(read(
                        "x-ratelimit-limit-requests", "60",
                        "x-ratelimit-remaining-requests", "59",
                        "x-ratelimit-reset-requests", "1s",
                        "x-ratelimit-limit-tokens", "150000",
                        "x-ratelimit-remaining-tokens", "149984",
                        "x-ratelimit-reset-tokens", "6m0s"))
                .isEqualTo(new RateLimits(
                        new Window(60L, 59L, Duration.ofSeconds(1)),
                        new Window(150_000L, 149_984L, Duration.ofMinutes(6))));
    }

    @Test
    void readsLimitsAsAnthropicWritesThem() {
        assertThat(read(
                        "anthropic-ratelimit-requests-limit", "50",
                        "anthropic-ratelimit-requests-remaining", "0",
                        "anthropic-ratelimit-requests-reset", "2026-01-01T00:00:12Z"))
                .isEqualTo(new RateLimits(new Window(50L, 0L, Duration.ofSeconds(12)), null));
    }

    @Test
    void readsLimitsAsCerebrasAndOpenRouterWriteThem() {
        assertThat(read(
                        "x-ratelimit-limit-requests-day", "1440000",
                        "x-ratelimit-limit-tokens-minute", "60000",
                        "x-ratelimit-remaining-tokens-minute", "0",
                        "x-ratelimit-reset-tokens-minute", "11.5"))
                .isEqualTo(new RateLimits(null, new Window(60_000L, 0L, Duration.ofMillis(11_500))));
        assertThat(read(
                        "x-ratelimit-limit", "20",
                        "x-ratelimit-remaining", "3",
                        "x-ratelimit-reset", "1767225630000"))
                .isEqualTo(new RateLimits(new Window(20L, 3L, Duration.ofSeconds(30)), null));
    }

    @Test
    void readsLimitsAsTheDraftsForAStandardWriteThem() {
        assertThat(read("ratelimit-limit", "12, 12;w=60", "ratelimit-remaining", "0", "ratelimit-reset", "7"))
                .isEqualTo(new RateLimits(new Window(null, 0L, Duration.ofSeconds(7)), null));
        for (String inOne : List.of("\"api\";r=0;t=7", "limit=100, remaining=0, reset=7")) {
            assertThat(read("ratelimit", inOne))
                    .isEqualTo(new RateLimits(new Window(null, 0L, Duration.ofSeconds(7)), null));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "12ms, PT0.012S",
        "1m30.5s, PT1M30.5S",
        "1h2m, PT1H2M",
        "1d, PT24H",
        "7.66s, PT7.66S",
        "17, PT17S",
        "0s, PT0S",
        "2025-12-31T23:59:59Z, PT0S",
        "1767225630, PT30S",
        "1767225630500, PT30.5S",
        "1767225599, PT0S",
    })
    void readsEachFormOfADuration(String value, Duration reset) {
        assertThat(read("x-ratelimit-reset-tokens", value))
                .isEqualTo(new RateLimits(null, new Window(null, null, reset)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", "", "1x", "s", "1s!", "99999999999999999999"})
    void takesWhatCannotBeMeantForNothingSaid(String value) {
        assertThat(read("x-ratelimit-reset-requests", value, "x-ratelimit-remaining-requests", value))
                .isNull();
    }

    @Test
    void saysNothingWhereNothingIsSaid() {
        assertThat(read("content-type", "text/plain")).isNull();
    }

    private static @Nullable RateLimits read(String... headers) {
        HttpHeaders all = new DefaultHttpHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.set(headers[i], headers[i + 1]);
        }
        return RateLimitHeaders.read(all, CLOCK);
    }
}
