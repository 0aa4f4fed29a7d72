package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What providers say where a text is against their rules. */
class FilteredRequestsTest extends OpenAiTestSupport {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"The response was filtered\",\"code\":\"content_filter\"}}",
                "{\"error\":{\"message\":\"Content Exists Risk\",\"type\":\"invalid_request_error\"}}",
                "{\"error\":{\"message\":\"no\",\"metadata\":{\"reasons\":[\"violence\"]}}}",
                "{\"error\":{\"message\":\"no\",\"code\":\"data_inspection_failed\"}}",
                "{\"error\":{\"message\":\"no\",\"code\":\"1301\"}}"
            })
    void areToldAsSuchWhateverTheirStatus(String body) {
        for (int status : new int[] {400, 403}) {
            assertThat(failureOf(Answer.json(status, body)))
                    .isInstanceOfSatisfying(
                            RejectedRequestException.class,
                            refusal -> assertThat(refusal.wasFiltered()).isTrue());
        }
    }

    @Test
    void askForNoOtherKey() {
        assertThat(
                        failureOf(
                                Answer.json(
                                        403,
                                        "{\"error\":{\"message\":\"Flagged\",\"code\":403,\"metadata\":{\"reasons\":[\"violence\"]}}}")))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageEndingWith("answered 403: Flagged.");
    }

    @Test
    void otherRefusalsAreNoFilters() {
        assertThat(failureOf(Answer.json(400, Completions.error("no", "t", "c"))))
                .isInstanceOfSatisfying(
                        RejectedRequestException.class,
                        refusal -> assertThat(refusal.wasFiltered()).isFalse());
    }
}
