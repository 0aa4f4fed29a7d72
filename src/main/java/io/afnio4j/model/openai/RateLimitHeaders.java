package io.afnio4j.model.openai;

import io.afnio4j.model.RateLimitListener;
import io.afnio4j.model.RateLimitReport;
import io.afnio4j.model.RateLimitReport.Window;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientResponse;

/**
 * What a provider says about its limits in {@code x-ratelimit-limit|remaining|reset-requests|tokens}. The resets are durations such as {@code 1s}, {@code 6m0s} and
 * {@code 12ms}, or bare seconds. What can't be read counts as nothing said.
 */
final class RateLimitHeaders {

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}");
    private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|us|ns|d|h|m|s)");
    private static final Pattern DURATION = Pattern.compile("(?:" + PART.pattern() + ")+");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?");

    private RateLimitHeaders() {}

    /**
     * Tells whoever listens in the subscription's context.
     *
     * @param response the answer, or refusal, whose headers are there
     */
    static void report(HttpClientResponse response) {
        HttpHeaders headers = response.responseHeaders();
        if (!headers.contains("x-ratelimit-remaining-requests") && !headers.contains("x-ratelimit-remaining-tokens")) {
            return;
        }
        RateLimitListener listener = RateLimitListener.of(response.currentContextView());
        if (listener != null) {
            listener.onReport(read(headers));
        }
    }

    static RateLimitReport read(HttpHeaders headers) {
        return new RateLimitReport(window(headers, "requests"), window(headers, "tokens"));
    }

    private static Window window(HttpHeaders headers, String of) {
        return new Window(
                number(headers.get("x-ratelimit-limit-" + of)),
                number(headers.get("x-ratelimit-remaining-" + of)),
                duration(headers.get("x-ratelimit-reset-" + of)));
    }

    private static @Nullable Long number(@Nullable String value) {
        return value == null || !NUMBER.matcher(value.strip()).matches() ? null : Long.valueOf(value.strip());
    }

    private static @Nullable Duration duration(@Nullable String value) {
        String text = value == null ? "" : value.strip();
        if (SECONDS.matcher(text).matches()) {
            return nanos(Double.parseDouble(text) * 1e9);
        }
        if (!DURATION.matcher(text).matches()) {
            return null;
        }
        double sum = 0;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            sum += Double.parseDouble(parts.group(1)) * nanosPer(parts.group(2));
        }
        return nanos(sum);
    }

    /** More than a century is no reset; it may be a date. */
    private static @Nullable Duration nanos(double nanos) {
        return nanos > 100 * 365 * nanosPer("d") ? null : Duration.ofNanos(Math.round(nanos));
    }

    private static double nanosPer(String unit) {
        return switch (unit) {
            case "d" -> 86_400e9;
            case "h" -> 3_600e9;
            case "m" -> 60e9;
            case "s" -> 1e9;
            case "ms" -> 1e6;
            case "us" -> 1e3;
            default -> 1;
        };
    }
}
