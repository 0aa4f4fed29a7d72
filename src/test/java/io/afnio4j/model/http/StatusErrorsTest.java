package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.EndpointFailedException;
import io.afnio4j.error.PermanentException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.error.UnsupportedRequestException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusErrorsTest extends OpenAiTestSupport {

    @ParameterizedTest
    @CsvSource({
        "400, RejectedRequestException",
        "404, RejectedRequestException",
        "413, RejectedRequestException",
        "422, RejectedRequestException",
        "302, RejectedRequestException",
        "401, AuthenticationException",
        "403, AuthenticationException",
        "408, UnavailableException",
        "424, UnavailableException",
        "498, UnavailableException",
        "425, UnavailableException",
        "409, UnavailableException",
        "500, UnavailableException",
        "502, UnavailableException",
        "503, UnavailableException",
        "504, UnavailableException",
        "529, UnavailableException",
        "429, ThrottledException",
    })
    void hasAnExceptionForEachStatusAndQuotesTheProvider(int status, String type) {
        Throwable failure = failureOf(Answer.json(status, Completions.error("The reason", "t", "c")));

        assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
        assertThat(failure).hasMessageContaining(" answered " + status);
        assertThat(String.valueOf(failure.getMessage()).contains("The reason.")).isEqualTo(status != 302);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"The reason\"}}",
                "{\"error\":\"The reason\"}",
                "{\"error\":{\"message\":\"The reason\",\"error\":\"Bad Request\"}}",
                "{\"error\":{\"type\":\"error\",\"error\":{\"message\":\"The reason\"}}}",
                "{\"object\":\"error\",\"message\":\"The reason\",\"code\":400}",
                "{\"detail\":\"The reason\"}",
                "{\"detail\":[{\"msg\":\"The reason\",\"type\":\"missing\"}]}",
                "{\"object\":\"error\",\"message\":{\"detail\":[{\"msg\":\"The reason\"}]}}",
                "{\"errors\":[{\"message\":\"The reason\"}]}",
                "{\"type\":\"about:blank\",\"title\":\"The reason\",\"status\":400}",
                "{\"error_code\":336003,\"error_msg\":\"The reason\"}",
                "The reason",
            })
    void understandsEachFormOfAnErrorBody(String body) {
        assertThat(failureOf(Answer.json(400, body)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageEndingWith(" answered 400: The reason.");
    }

    @Test
    void saysWhereInTheRequestSomethingIsWrongAndWhatTheProviderBehindTheProviderSaid() {
        assertThat(
                        failureOf(
                                Answer.json(
                                        422,
                                        "{\"detail\":[{\"loc\":[\"body\",\"messages\"],\"msg\":\"Field required\"},{\"loc\":[\"body\",\"seed\"],\"msg\":\"No number\"}]}")))
                .hasMessageEndingWith("answered 422: body.messages: Field required; body.seed: No number.");
        assertThat(
                        failureOf(
                                Answer.json(
                                        400,
                                        "{\"error\":{\"message\":\"Provider returned error\",\"code\":400,\"metadata\":{\"raw\":\"too many images\"}}}")))
                .hasMessageEndingWith("answered 400: Provider returned error (too many images).");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Unknown parameter: 'foo' for model m",
                "Invalid input for this model: the file x.png was not found",
            })
    void takesNoOtherMistakeForAnUnknownModel(String message) {
        assertThat(failureOf(Answer.json(400, Completions.error(message, "t", "c"))))
                .isInstanceOf(RejectedRequestException.class)
                .isNotInstanceOf(UnknownModelException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"no\",\"code\":\"context_length_exceeded\"}}",
                "{\"error\":{\"message\":\"no\",\"code\":\"content_filter\"}}",
                "{\"error\":{\"message\":\"no\",\"code\":\"content_filter\",\"error\":\"Bad Request\"}}",
                "{\"error\":{\"message\":\"no\",\"type\":\"request_too_large\"}}",
                "{\"error\":{\"message\":\"no\",\"type\":\"billing_error\"}}",
                "{\"error\":\"Unexpected endpoint or method. (POST /chat/completions)\"}",
            })
    void knowsFromItsNameThatAnErrorInsideAnAnswerLasts(String body) {
        assertThat(failureOf(Answer.ok(body)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining(" sent an error for an answer: ")
                .hasMessageNotContaining("answered");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<!doctype html><html>Bad gateway</html>",
                "{",
                "{}",
                "[]",
                "null",
                "{\"error\":{\"message\":null}}"
            })
    void doesWithoutAnExplanation(String body) {
        assertThat(failureOf(Answer.json(502, body)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageMatching("127\\.0\\.0\\.1:\\d+ answered 502(: [\\[{]*)?\\. It may work again later\\.");
    }

    @Test
    void shortensALongExplanationAndPutsItOnOneLine() {
        Throwable failure = failureOf(Answer.json(400, Completions.error("a\n\tb" + "x".repeat(5000), "t", "c")));

        assertThat(failure.getMessage()).contains("a bxxx").contains("...").hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(ints = {70_000, 1_000_000})
    void readsOnlyTheBeginningOfAnErrorBody(int length) {
        assertThat(failureOf(Answer.json(503, "x".repeat(length)))).isInstanceOf(UnavailableException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | {\"error\":{\"message\":\"The model `gpt-4o` does not exist or you do not have access\",\"code\":\"model_not_found\"}}",
                "403 | {\"error\":{\"message\":\"No access\",\"code\":\"model_not_found\"}}",
                "404 | {\"error\":{\"message\":\"model 'gpt-4o' not found\",\"type\":\"api_error\",\"code\":null}}",
                "404 | {\"error\":\"model \\\"gpt-4o\\\" not found, try pulling it first\"}",
                "404 | {\"object\":\"error\",\"message\":\"The model `gpt-4o` does not exist.\",\"type\":\"NotFoundError\",\"code\":404}",
                "400 | {\"error\":\"Model not found: gpt-4o\"}",
                "400 | {\"message\":\"Invalid model: gpt-4o\",\"type\":\"invalid_model\"}",
                "400 | {\"error\":{\"message\":\"Model Not Exist\",\"type\":\"invalid_request_error\"}}",
                "404 | {\"error\":{\"code\":404,\"message\":\"models/gpt-4o is not found for API version v1beta\"}}",
                "404 | {\"error\":{\"code\":\"DeploymentNotFound\",\"message\":\"The API deployment for this resource does not exist.\"}}",
                "400 | {\"error\":{\"message\":\"No models loaded. Please load one.\",\"type\":\"invalid_request_error\"}}",
                "400 | {\"error\":{\"message\":\"It is no longer supported.\",\"code\":\"model_decommissioned\"}}",
                "404 | {\"error\":{\"message\":\"No endpoints found for a/gpt-4o.\",\"code\":404}}",
                "400 | {\"error\":{\"message\":\"a/gpt-4o is not a valid model ID\",\"code\":400}}",
                "404 | {\"error\":{\"message\":\"Unable to access model gpt-4o.\",\"code\":\"model_not_available\"}}",
            })
    void namesAModelThatTheEndpointDoesNotKnow(int status, String body) {
        assertThat(failureOf(Answer.json(status, body)))
                .isInstanceOf(UnknownModelException.class)
                .hasMessageContaining("doesn't know the model 'gpt-4o'")
                .hasMessageContaining("Check the name; GET http://127.0.0.1:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"Not Found\"}",
                "<html>404</html>",
                "{\"error\":{\"message\":\"Invalid URL (POST /v2)\"}}"
            })
    void asksWhetherTheBaseUrlIsRightWhereNobodyIsHome(String body) {
        assertThat(failureOf(Answer.json(404, body)))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("Is the base URL right?");
    }

    @ParameterizedTest
    @CsvSource({
        "429, retry-after-ms: 1500, PT1.5S",
        "429, retry-after: 3, PT3S",
        "429, retry-after: 0.25, PT0.25S",
        "503, retry-after: 7, PT7S",
    })
    void passesOnHowLongTheServerWantsToBeLeftAlone(int status, String header, Duration wait) {
        Throwable failure = failureOf(Answer.json(status, "{}", header));

        assertThat(failure).isInstanceOf(ThrottledException.class);
        assertThat(((ThrottledException) failure).retryAfter()).isEqualTo(wait);
    }

    @Test
    void letsTheServerSayWhetherARetryHelps() {
        assertThat(failureOf(Answer.json(429, "{}", "x-should-retry: false"))).isInstanceOf(PermanentException.class);
        assertThat(failureOf(Answer.json(500, "{}", "x-should-retry: false")))
                .isInstanceOf(EndpointFailedException.class)
                .hasMessageContaining("answered 500. It says that trying again is of no use.");
        assertThat(failureOf(Answer.json(400, "{}", "x-should-retry: true"))).isInstanceOf(RetriableException.class);
        assertThat(failureOf(Answer.json(400, "{}", "x-should-retry: maybe"))).isInstanceOf(PermanentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | the request exceeds the available context size, try increasing it",
                "500 | request (9001 tokens) exceeds the available context size (512 tokens), try increasing it",
                "500 | input (3926 tokens) is too large to process. increase the physical batch size (current batch size: 2048)",
                "500 | input is larger than the max context size. skipping",
                "500 | the input length exceeds the context length",
                "500 | This model's maximum context length is 8192 tokens. However, you requested 9100 tokens.",
            })
    void doesNotHopeForRequestsThatAreTooLong(int status, String message) {
        isToldAs(RejectedRequestException.class, status, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | registry.ollama.ai/library/tiny:latest does not support tools",
                "500 | image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
                "501 | This server does not support embeddings. Start it with `--embeddings`",
                "503 | registry.ollama.ai/library/tiny:latest does not support tools",
                "501 | Not yet",
                "404 | No endpoints found that support tool use. To learn more, visit our pages",
                "404 | No endpoints found that support image input",
                "404 | This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
                "404 | This model is only supported in v1/responses and not in v1/chat/completions.",
            })
    void doesNotHopeForWhatAServerSaysItCanNeverDo(int status, String message) {
        isToldAs(UnsupportedRequestException.class, status, message);
    }

    private void isToldAs(Class<? extends AfnioException> type, int status, String message) {
        assertThat(failureOf(Answer.json(status, Completions.error(message, "server_error", ""))))
                .isInstanceOf(type)
                .hasMessageContaining(" answered " + status + ": ");
        assertThat(failureOf(Answer.ok(Completions.error(message, "server_error", String.valueOf(status)))))
                .isInstanceOf(type);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "503 | Loading model",
                "500 | Context size has been exceeded.",
                "500 | The server does not support you at the moment",
                "502 | input is too large for the moment",
                "500 | model runner has unexpectedly stopped",
            })
    void hopesWhereItDoesNotKnowTheWords(int status, String message) {
        assertThat(failureOf(Answer.json(status, Completions.error(message, "server_error", ""))))
                .isInstanceOf(UnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"code\":\"Client specified an invalid argument\",\"error\":\"Incorrect API key provided: xa***.\"}",
                "[{\"error\":{\"code\":400,\"message\":\"Missing or invalid Authorization header.\",\"status\":\"INVALID_ARGUMENT\"}}]",
            })
    void asksForAnotherKeyWhereABadOneIsCalledABadRequest(String body) {
        assertThat(failureOf(Answer.json(400, body)))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("Check the key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tool_use_failed", "json_validate_failed"})
    void hopesThatAModelWritesBetterTheNextTime(String code) {
        String body = Completions.error("Failed to call a function", "invalid_request_error", code);

        assertThat(failureOf(Answer.json(400, body))).isInstanceOf(BrokenAnswerException.class);
        assertThat(failureOf(Answer.ok(body))).isInstanceOf(BrokenAnswerException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"code\":401,\"msg\":\"token expired\",\"success\":false}            | AuthenticationException | token expired",
                "{\"choices\":null,\"base_resp\":{\"status_code\":1000,\"status_msg\":\"unknown\"}} | UnavailableException | unknown",
                "{\"choices\":null,\"base_resp\":{\"status_code\":1004,\"status_msg\":\"no login\"}} | AuthenticationException | no login",
                "{\"choices\":null,\"base_resp\":{\"status_code\":1008,\"status_msg\":\"no balance\"}} | RejectedRequestException | no balance",
                "{\"choices\":null,\"base_resp\":{\"status_code\":2013,\"status_msg\":\"bad role\"}} | RejectedRequestException | bad role",
                "{\"result\":null,\"success\":false,\"errors\":[{\"code\":7009,\"message\":\"no upstream\"}]} | UnavailableException | no upstream",
            })
    void quotesWhatStandsWhereAnAnswerShouldStand(String body, String type, String words) {
        Throwable failure = failureOf(Answer.ok(body));

        assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
        assertThat(failure).hasMessageContaining(" sent an error for an answer: " + words + ".");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[],\"base_resp\":{\"status_code\":0,\"status_msg\":\"success\"}}",
                "{\"choices\":[],\"msg\":\"ok\",\"usage\":{\"prompt_tokens\":9,\"total_tokens\":12}}",
            })
    void takesNoWordOfSuccessForAnError(String body) {
        assertThat(failureOf(Answer.ok(body)))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("has no choices");
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503})
    void hopesForAServerThatIsAboutToStart(int status) {
        isToldAs(UnavailableException.class, status, "no endpoints found for service vllm: pods restarting");
    }

    @Test
    void doesNotHopeForAQuotaThatIsUsedUp() {
        for (String name : List.of("insufficient_quota", "billing_hard_limit_reached", "1113")) {
            assertThat(failureOf(Answer.json(429, Completions.error("You exceeded it.", name, name))))
                    .isInstanceOf(RejectedRequestException.class)
                    .hasMessageContaining("quota")
                    .hasMessageContaining("billing");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://elsewhere.example/v1?key=1, elsewhere.example",
        "/login, another path",
        "http://[bad, an address that can't be read",
    })
    void followsNoRedirectAndSaysWhereItPoints(String location, String named) {
        LoopbackServer server = serve(Answer.json(307, "{}", "location: " + location), Completions.answer("followed"));

        Throwable failure = failureOf(client(server).chat(HELLO));

        assertThat(failure)
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("answered 307 and points to " + named + ".")
                .hasMessageNotContaining("key=1");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void keepsTheConnectionAfterAnError() {
        LoopbackServer server = serve(Answer.json(500, "{}"), Completions.answer("yes"));
        ChatModel model = client(server, options -> options.maxConcurrency(1));

        assertThat(failureOf(model.chat(HELLO))).isInstanceOf(AfnioException.class);

        assertThat(get(model.chat(HELLO)).text()).isEqualTo("yes");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void knowsTheStatusThoughItsExplanationIsCut() {
        byte[] cut = "HTTP/1.1 401 No\r\ncontent-length: 50\r\n\r\n{\"err".getBytes(StandardCharsets.US_ASCII);

        assertThat(failureOf(Answer.raw(cut).then(Answer.close()))).isInstanceOf(AuthenticationException.class);
    }
}
