package io.afnio4j.model.http;

import io.afnio4j.model.RateLimits;
import io.afnio4j.model.RateLimits.Window;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code x-ratelimit-limit-requests} and its relatives, as OpenAI and most compatible servers write them, and
 * {@code anthropic-ratelimit-requests-limit} and its relatives. Durations come as {@code 6m0s} or {@code 12ms}, as seconds, or as
 * the time at which they end. Values below zero mean nothing.
 */
final class RateLimitHeaders {

    private static final Pattern PART = Pattern.compile("\\G(\\d{1,9}(?:\\.\\d{1,9})?)(ms|us|µs|ns|d|h|m|s)");

    private static final List<Names> REQUESTS = names("requests");
    private static final List<Names> TOKENS = names("tokens");

    private RateLimitHeaders() {}

    private static List<Names> names(String unit) {
        return List.of(Names.of("x-ratelimit-%s-" + unit), Names.of("anthropic-ratelimit-" + unit + "-%s"));
    }

    /**
     * Reads the headers of an answer.
     *
     * @param headers the headers
     * @param clock what a time of day is compared with
     * @return what they say, null where they say nothing
     */
    static @Nullable RateLimits read(HttpHeaders headers, Clock clock) {
        Window requests = window(headers, REQUESTS, clock);
        Window tokens = window(headers, TOKENS, clock);
        return requests == null && tokens == null ? null : new RateLimits(requests, tokens);
    }

    private static @Nullable Window window(HttpHeaders headers, List<Names> unit, Clock clock) {
        for (Names names : unit) {
            Long limit = count(headers.get(names.limit));
            Long remaining = count(headers.get(names.remaining));
            Duration reset = duration(headers.get(names.reset), clock);
            if (limit != null || remaining != null || reset != null) {
                return new Window(limit, remaining, reset);
            }
        }
        return null;
    }

    private static @Nullable Long count(@Nullable String value) {
        return value != null && value.strip().matches("\\d{1,18}") ? Long.valueOf(value.strip()) : null;
    }

    private static @Nullable Duration duration(@Nullable String value, Clock clock) {
        if (value == null) {
            return null;
        }
        Duration seconds = RetryAfter.seconds(value, 1);
        return seconds == null ? units(value.strip(), clock) : seconds;
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
        try {
            Duration left = Duration.between(clock.instant(), Instant.parse(time));
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeParseException otherForm) {
            return null;
        }
    }

    /** How one provider names what it says about one unit. Made once: every answer is looked through for all of them. */
    private record Names(AsciiString limit, AsciiString remaining, AsciiString reset) {

        private static Names of(String form) {
            return new Names(name(form, "limit"), name(form, "remaining"), name(form, "reset"));
        }

        private static AsciiString name(String form, String what) {
            return AsciiString.cached(String.format(Locale.ROOT, form, what));
        }
    }
}
