package io.afnio4j.model.http;

import io.afnio4j.model.RateLimits;
import io.afnio4j.model.RateLimits.Window;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code x-ratelimit-limit-requests} and its relatives, as OpenAI and most compatible servers write them,
 * {@code anthropic-ratelimit-requests-limit} and its relatives, and those of the drafts for a standard
 * ({@code ratelimit-limit}), as OVHcloud and Kong write them. Values below zero mean nothing.
 */
final class RateLimitHeaders {

    private static final List<Names> REQUESTS = names(
            "anthropic-ratelimit-requests-%s",
            "x-ratelimit-%s-requests",
            "x-ratelimit-%s-requests-minute", // Cerebras
            "x-ratelimit-%s", // OpenRouter
            "ratelimit-%s");

    private static final List<Names> TOKENS =
            names("anthropic-ratelimit-tokens-%s", "x-ratelimit-%s-tokens", "x-ratelimit-%s-tokens-minute");

    /**
     * What is left, and until when, in the latest draft for a standard, as Hugging Face writes it, and in the one
     * before.
     */
    private static final Pattern IN_ONE =
            Pattern.compile("\\b(?:r|remaining)=(\\d{1,9})[;,] *(?:t|reset)=(\\d{1,9})\\b");

    private RateLimitHeaders() {}

    private static List<Names> names(String... forms) {
        return Stream.of(forms).map(Names::of).toList();
    }

    /**
     * Reads the headers of an answer.
     *
     * @param headers the headers
     * @param clock what a time of day is compared with
     * @return what they say, null where they say nothing
     */
    static @Nullable RateLimits read(HttpHeaders headers, Clock clock) {
        Window several = window(headers, REQUESTS, clock);
        Window requests = several == null ? inOne(headers.get("ratelimit", "")) : several;
        Window tokens = window(headers, TOKENS, clock);
        return requests == null && tokens == null ? null : new RateLimits(requests, tokens);
    }

    /**
     * How long it takes until all that is used up is back: some refuse (429) and say it nowhere else.
     *
     * @param headers the headers
     * @param clock what a time of day is compared with
     * @return the wait, null where nothing is said to be used up
     */
    static @Nullable Duration untilRestored(HttpHeaders headers, Clock clock) {
        RateLimits limits = read(headers, clock);
        return limits == null ? null : later(restored(limits.requests()), restored(limits.tokens()));
    }

    private static @Nullable Duration restored(@Nullable Window window) {
        return window == null || !Long.valueOf(0).equals(window.remaining()) ? null : window.reset();
    }

    private static @Nullable Duration later(@Nullable Duration one, @Nullable Duration other) {
        return one == null || (other != null && other.compareTo(one) > 0) ? other : one;
    }

    private static @Nullable Window window(HttpHeaders headers, List<Names> unit, Clock clock) {
        for (Names names : unit) {
            Long limit = count(headers.get(names.limit));
            Long remaining = count(headers.get(names.remaining));
            Duration reset = RetryAfter.duration(headers.get(names.reset), clock);
            if (limit != null || remaining != null || reset != null) {
                return new Window(limit, remaining, reset);
            }
        }
        return null;
    }

    private static @Nullable Window inOne(String header) {
        Matcher told = IN_ONE.matcher(header);
        return told.find()
                ? new Window(null, Long.valueOf(told.group(1)), Duration.ofSeconds(Long.parseLong(told.group(2))))
                : null;
    }

    private static @Nullable Long count(@Nullable String value) {
        return value != null && value.strip().matches("\\d{1,18}") ? Long.valueOf(value.strip()) : null;
    }

    /**
     * How one provider names what it says about one unit. Made once: every answer is looked through for all of them.
     */
    private record Names(AsciiString limit, AsciiString remaining, AsciiString reset) {

        private static Names of(String form) {
            return new Names(name(form, "limit"), name(form, "remaining"), name(form, "reset"));
        }

        private static AsciiString name(String form, String what) {
            return AsciiString.cached(String.format(Locale.ROOT, form, what));
        }
    }
}
