package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Refusals for which waiting is of no use although their status says so, and those of the same name for which it is.
 */
class SpentQuotaTest extends OpenAiTestSupport {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "402 | {\"error\":{\"message\":\"no\"}}",
                "429 | {\"error\":{\"message\":\"Your account is suspended due to insufficient balance\",\"type\":\"exceeded_current_quota_error\"}}",
                "403 | {\"error\":{\"message\":\"Your account is not active\",\"type\":\"exceeded_current_quota_error\"}}",
                "429 | {\"error\":{\"message\":\"Provider returned error\",\"code\":429,\"metadata\":{\"raw\":\"suspended due to insufficient balance\"}}}",
                "429 | {\"code\":\"Some resource has been exhausted\",\"error\":\"Your team has either used all available credits or reached its monthly spending limit.\"}",
                "403 | {\"code\":\"permission-denied\",\"error\":\"Your team has either used all available credits or reached its monthly spending limit.\"}",
                "429 | {\"error\":{\"message\":\"ExceededBudget: over budget\",\"type\":\"budget_exceeded\",\"code\":\"429\"}}",
                "429 | {\"code\":\"PostpaidBillOverdue\",\"message\":\"The postpaid bill is overdue.\"}",
                "429 | {\"error\":{\"code\":\"insufficient_quota\",\"message\":\"Free allocated quota exceeded.\"}}",
                "429 | {\"error\":{\"code\":429,\"message\":\"* Quota exceeded for metric: free_tier_requests, limit: 0\\n* Please retry in 9s.\",\"status\":\"RESOURCE_EXHAUSTED\"}}",
                "403 | {\"error\":{\"message\":\"user quota is not enough\",\"code\":\"insufficient_user_quota\"}}",
                "429 | {\"error\":{\"code\":429,\"message\":\"You exceeded your current quota. * Quota exceeded for metric: free_tier_requests, limit: 0, model: gemini-2.5-pro\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"retryDelay\":\"38s\"}]}}",
            })
    void doesNotHopeForMoney(int status, String body) {
        assertThat(failureOf(Answer.json(status, body)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageEndingWith(" The quota of this key is used up: check its plan and billing.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"Workspace allocated quota exceeded, please increase your quota limit.\",\"type\":\"invalid_request_error\",\"code\":\"insufficient_quota\"}}",
                "{\"error\":{\"message\":\"Rate limit: 0 requests remaining\",\"code\":429}}",
                "{\"error\":{\"message\":\"Quota exceeded, limit: 20, model: gemini-2.5-pro\",\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\"}}",
                "{\"error\":{\"message\":\"You exceeded your current quota, please check your plan.\",\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\"}}",
            })
    void hopesForTheNextMinuteWhateverTheQuotaIsCalled(String body) {
        assertThat(failureOf(Answer.json(429, body))).isInstanceOf(ThrottledException.class);
    }

    @Test
    void doesNotHopeForARequestThatIsMoreThanAWholeMinuteMayHave() {
        String body = Completions.error(
                "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 30601.",
                "tokens",
                "rate_limit_exceeded");

        assertThat(failureOf(Answer.json(429, body, "retry-after: 1", "x-should-retry: true")))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("Limit 30000, Requested 30601");
        assertThat(failureOf(Answer.ok(body))).isInstanceOf(RejectedRequestException.class);
    }
}
