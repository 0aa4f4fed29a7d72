package io.afnio4j.model.http;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/**
 * How long a provider asks to be left alone: {@code retry-after-ms}, or else {@code retry-after} in seconds or as a date. What
 * can't be a wait (words, a negative number, a date that has passed) counts as nothing said.
 */
final class RetryAfter {

    /** More than this is not a wait but a mistake. */
    private static final double LONGEST_SECONDS = Duration.ofDays(365).toSeconds();

    private RetryAfter() {}

    /**
     * Reads the headers of an answer.
     *
     * @param headers the headers
     * @param clock what a date is compared with
     * @return the wait, null where the provider named none
     */
    static @Nullable Duration in(HttpHeaders headers, Clock clock) {
        Duration exact = seconds(headers.get("retry-after-ms"), 0.001);
        if (exact != null) {
            return exact;
        }
        String value = headers.get("retry-after");
        Duration wait = seconds(value, 1);
        return wait != null || value == null ? wait : until(value, clock);
    }

    static @Nullable Duration seconds(@Nullable String value, double unit) {
        if (value == null || !value.strip().matches("\\d{1,12}(\\.\\d{0,12})?|\\.\\d{1,12}")) {
            return null;
        }
        double seconds = Double.parseDouble(value.strip()) * unit;
        return seconds > LONGEST_SECONDS ? null : Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private static @Nullable Duration until(String value, Clock clock) {
        Date date = DateFormatter.parseHttpDate(value.strip());
        if (date == null) {
            return null;
        }
        Duration wait = Duration.between(clock.instant(), date.toInstant());
        return wait.isNegative() || wait.toSeconds() > LONGEST_SECONDS ? null : wait;
    }
}
