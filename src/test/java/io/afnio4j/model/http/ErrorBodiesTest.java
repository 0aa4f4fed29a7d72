package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors whose words stand in one place and their names in another. */
class ErrorBodiesTest extends OpenAiTestSupport {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":\"slow down\",\"status\":429}                       | ThrottledException       | slow down.",
                "{\"error\":\"too long\",\"error_type\":\"validation\"}         | RejectedRequestException | too long.",
                "{\"error\":\"busy\",\"error_type\":\"overloaded\"}             | UnavailableException     | busy.",
                "{\"error\":\"who are you\",\"code\":\"invalid_authentication\"} | AuthenticationException | who are you.",
                "{\"error\":\"no idea\"}                                        | UnavailableException     | no idea.",
            })
    void knowsAnErrorInsideAnAnswerByTheNameBesideItsText(String body, String type, String words) {
        Throwable failure = failureOf(Answer.ok(body));

        assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
        assertThat(failure).hasMessageContaining(" sent an error for an answer: " + words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"statusCode\":400,\"error\":\"Bad Request\",\"message\":\"the stop word is missing\"} | Bad Request: the stop word is missing.",
                "{\"error\":[\"`seed` must be a number\",\"`n` must be 1\"],\"warnings\":[]}              | `seed` must be a number; `n` must be 1.",
                "{\"error\":true,\"message\":\"The reason\"}                                                 | The reason.",
                "{\"message\":\"is required\",\"type\":\"invalid_request_error\",\"param\":\"response_format\"} | response_format: is required.",
                "{\"error\":{\"message\":\"'n' must be 1\",\"type\":\"invalid_request_error\",\"param\":\"n\"}}                                 | 'n' must be 1.",
                "{\"Message\":\"The reason\"}                                                            | The reason.",
                "{\"error\":{\"message\":\"The reason\"},\"message\":\"of another\"}                        | The reason.",
            })
    void quotesAllThatExplainsARefusal(String body, String words) {
        assertThat(failureOf(Answer.json(400, body))).hasMessageEndingWith(" answered 400: " + words);
    }

    @Test
    void doesNotHopeForAConversationThatTheTemplateOfTheModelDoesNotTake() {
        String body = Completions.error(
                "While executing CallExpression at line 19:\nError: Jinja Exception: Conversation roles must alternate",
                "server_error",
                "500");

        assertThat(failureOf(Answer.json(500, body)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("roles must alternate");
        assertThat(failureOf(Answer.ok(body))).isInstanceOf(RejectedRequestException.class);
    }

    @Test
    void hidesAKeyThatIsAPartOfThePathWhereItNamesAnAddress() {
        String url = serve(Answer.json(404, "{\"error\":\"model 'gpt-4o' not found\"}"))
                        .baseUrl() + "/" + KEY;

        assertThat(failureOf(
                        client(ClientOptions.builder().baseUrl(url).apiKey(KEY).build())
                                .chat(HELLO)))
                .isInstanceOf(UnknownModelException.class)
                .hasMessageContaining("/***/models lists")
                .hasMessageNotContaining(KEY);
    }

    @Test
    void knowsThatNvidiaNamesAModelByTheFunctionThatRunsIt() {
        assertThat(
                        failureOf(
                                Answer.json(
                                        404,
                                        "{\"status\":404,\"title\":\"Not Found\",\"detail\":\"Function '23d4f03a': Not found for account 'Q'\"}")))
                .isInstanceOf(UnknownModelException.class);
    }
}
