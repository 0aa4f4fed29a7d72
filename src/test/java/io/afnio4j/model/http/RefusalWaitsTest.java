package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When to come back, where no header for that says it; and which failures may have been charged for. */
class RefusalWaitsTest extends OpenAiTestSupport {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Rate limit reached on tokens per min. Please try again in 9.816s. Visit our pages. | PT9.816S",
                "Please try again in 7m26.4s.                                                      | PT7M26.4S",
                "try again in 857ms                                                                | PT0.857S",
                "You exceeded it. Please retry after 86400 seconds. Please go here.                 | PT24H",
                "Please retry in 38.863719904s.                                                    | PT38.863719904S",
                "No deployments available, Try again in 60 seconds. Passed model=x                  | PT1M",
                "Too many, please try again after 1 seconds                                         | PT1S",
                "Try again in 1 minute 30 seconds                                                   | PT1M30S",
                "Retry in 2 hours, or in 3 days                                                     | PT2H",
            })
    void readsFromTheWordsWhenToComeBack(String words, Duration wait) {
        assertThat(waitOf(Answer.json(429, Completions.error(words, "t", "c")))).isEqualTo(wait);
        assertThat(waitOf(Answer.of(429, "text/plain", words.getBytes(UTF_8)))).isEqualTo(wait);
        assertThat(waitOf(Answer.ok(Completions.error(words, "rate_limit_exceeded", "c"))))
                .isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Please try again later",
                "try again in a moment",
                "try again in 5 ways",
                "try again in 12345678901234567890s",
                "try again in 999999999 days 999999999 days",
                "try again in 999999999 seconds",
                "it was against in 5 seconds"
            })
    void takesNoOtherWordsForATime(String words) {
        assertThat(waitOf(Answer.json(429, Completions.error(words, "t", "c")))).isNull();
    }

    @Test
    void believesAHeaderRatherThanTheWords() {
        assertThat(waitOf(Answer.json(429, Completions.error("Try again in 9s", "t", "c"), "retry-after: 3")))
                .isEqualTo(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-RateLimit-Reset", "x-ratelimit-reset"})
    void readsTheHeadersThatOpenRouterPutsIntoTheBody(String name) {
        String body =
                "{\"error\":{\"message\":\"Rate limit exceeded: free-models-per-min. \",\"code\":429,\"metadata\":{\"headers\":"
                        + "{\"X-RateLimit-Limit\":\"20\",\"X-RateLimit-Remaining\":\"0\",\"" + name + "\":\""
                        + Instant.now().plusSeconds(3_000).toEpochMilli() + "\"}}}}";

        assertThat(waitOf(Answer.json(429, body))).isBetween(Duration.ofSeconds(2_900), Duration.ofSeconds(3_000));
    }

    @Test
    void waitsForWhatIsUsedUpWhereTheLimitsAloneAreTold() {
        String[] limits = {
            "x-ratelimit-remaining-requests-minute: 29",
            "x-ratelimit-reset-requests-minute: 40",
            "x-ratelimit-remaining-tokens-minute: 0",
            "x-ratelimit-reset-tokens-minute: 11.4"
        };

        assertThat(waitOf(Answer.json(429, "{}", limits))).isEqualTo(Duration.ofMillis(11_400));
        assertThat(waitOf(Answer.json(503, "{}", limits))).isNull();
        assertThat(waitOf(Answer.json(429, "{}", "x-ratelimit-remaining: 0", "x-ratelimit-reset: 7")))
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(waitOf(Answer.json(429, "{}", "x-ratelimit-remaining: 3", "x-ratelimit-reset: 7")))
                .isNull();
    }

    @Test
    void takesWhatEndsInThousandsOfYearsForNoWait() {
        assertThat(waitOf(Answer.json(429, "{}", "x-ratelimit-remaining: 0", "x-ratelimit-reset: 99999999999")))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"499, true", "504, true", "524, true", "500, false", "502, false", "503, false", "520, false"})
    void knowsThatWhatAGatewayDidNotWaitForMayHaveBeenMade(int status, boolean made) {
        Throwable failure = failureOf(Answer.json(status, "{}"));

        assertThat(failure).isInstanceOf(UnavailableException.class).hasMessageContaining("answered " + status);
        assertThat(((RetriableException) failure).answerLost()).isEqualTo(made);
    }

    @Test
    void comesBackToAGatewayThatDidNotWaitWhenItSays() {
        assertThat(waitOf(Answer.json(504, "{}", "retry-after: 5"))).isEqualTo(Duration.ofSeconds(5));
    }

    private @Nullable Duration waitOf(Answer refusal) {
        Throwable failure = failureOf(refusal);
        assertThat(failure).isInstanceOfAny(ThrottledException.class, UnavailableException.class);
        return ((RetriableException) failure).retryAfter();
    }
}
