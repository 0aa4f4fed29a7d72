package io.afnio4j.model.http;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Date;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a provider asks to be left alone: {@code retry-after-ms}, or else {@code retry-after} in seconds, as a date,
 * or in one of the forms that providers have elsewhere. What can't be a wait (words, a negative number, an HTTP date
 * that has passed) counts as nothing said; a time in another form that has passed is no wait.
 *
 * <p>Elsewhere than in these headers providers write times in forms of their own; they are read here as well.
 */
final class RetryAfter {

    /** More than this is not a wait but a mistake. */
    private static final double LONGEST_SECONDS = Duration.ofDays(365).toSeconds();

    /** Times since 1970 are seconds below, in the year 5138, and milliseconds from there on, in 1973. */
    private static final long EPOCH_MILLIS = 100_000_000_000L;

    private static final Pattern PART = Pattern.compile("\\G(\\d{1,9}(?:\\.\\d{1,9})?)(ms|us|µs|ns|d|h|m|s)");

    private static final Pattern WORDS = Pattern.compile(
            "\\b(?:again|retry) (?:in|after) "
                    + "((?:\\d{1,9}(?:\\.\\d{1,9})? ?(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?|days?|ms|[smhd])(?![a-z]) ?)+)");

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
        Duration wait = duration(value, clock);
        return wait != null || value == null ? wait : date(value, clock);
    }

    private static @Nullable Duration seconds(@Nullable String value, double unit) {
        if (value == null || !value.strip().matches("\\d{1,12}(\\.\\d{0,12})?|\\.\\d{1,12}")) {
            return null;
        }
        double seconds = Double.parseDouble(value.strip()) * unit;
        return seconds > LONGEST_SECONDS ? null : Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private static @Nullable Duration date(String value, Clock clock) {
        Date date = DateFormatter.parseHttpDate(value.strip());
        if (date == null) {
            return null;
        }
        Duration wait = Duration.between(clock.instant(), date.toInstant());
        return wait.isNegative() || wait.toSeconds() > LONGEST_SECONDS ? null : wait;
    }

    /**
     * Finds how long to wait in the words of an explanation, such as "Please try again in 1m2.5s." or "Retry after 20
     * seconds".
     *
     * @param explanation what the provider says
     * @return the time, in a form that {@link #duration} reads; "" where there is none
     */
    static String words(String explanation) {
        Matcher matcher = WORDS.matcher(explanation.toLowerCase(Locale.ROOT));
        return matcher.find()
                ? matcher.group(1)
                        .replace(" ", "")
                        .replaceAll("milliseconds?", "ms")
                        .replaceAll("([smhd])[a-z]{2,}", "$1")
                : "";
    }

    /**
     * Reads a time in one of the forms that providers have for it: seconds, {@code 6m0s} or {@code 12ms}, when it is
     * over as a date, or in seconds or milliseconds since 1970.
     *
     * @param value the time
     * @param clock what a date is compared with
     * @return how long it is from now; null where it can't be read, or be a wait
     */
    static @Nullable Duration duration(@Nullable String value, Clock clock) {
        if (value == null) {
            return null;
        }
        Duration seconds = seconds(value, 1);
        Duration wait = seconds == null ? units(value.strip(), clock) : seconds;
        return wait == null || wait.toSeconds() > LONGEST_SECONDS ? null : wait;
    }

    private static @Nullable Duration units(String value, Clock clock) {
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(value);
        int end = 0;
        while (part.find()) {
            sum = sum.plusNanos(Math.round(Double.parseDouble(part.group(1)) * nanos(part.group(2))));
            end = part.end();
        }
        return end > 0 && end == value.length() ? sum : until(value, clock);
    }

    private static double nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            case "d" -> 86400e9;
            default -> 1e9;
        };
    }

    private static @Nullable Duration until(String time, Clock clock) {
        Instant end = time.matches("\\d{10,13}") ? sinceEpoch(Long.parseLong(time)) : instant(time);
        if (end == null) {
            return null;
        }
        Duration left = Duration.between(clock.instant(), end);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Instant sinceEpoch(long time) {
        return time < EPOCH_MILLIS ? Instant.ofEpochSecond(time) : Instant.ofEpochMilli(time);
    }

    private static @Nullable Instant instant(String time) {
        try {
            return Instant.parse(time);
        } catch (DateTimeParseException otherForm) {
            return null;
        }
    }
}
