package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class AnswerReaderTest extends OpenAiTestSupport {

    @Test
    void isTestedWithAnswersThatConformToThePublishedSchema() {
        ChatSchema.require("CreateChatCompletionResponse", JsonMapper.shared().readTree(Completions.saying("yes")));
        ChatSchema.require(
                "CreateChatCompletionStreamResponse",
                JsonMapper.shared().readTree(Completions.chunk("{\"content\":\"a\"}", "null")));
        ChatSchema.require("ErrorResponse", JsonMapper.shared().readTree(Completions.error("no", "t", "c")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"message\":{\"content\":\"yes\"}}]}",
                "{\"code\":0,\"msg\":\"success\",\"data\":{\"choices\":[{\"message\":{\"content\":\"yes\"}}]}}",
                "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":null}],\"usage\":null,\"model\":null}",
                "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"eos\"}],\"usage\":{},\"error\":null}",
                "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"y\"},\"es\"]}}],\"usage\":\"x\"}",
                "{\"choices\":[{\"message\":{\"content\":{\"type\":\"text\",\"text\":\"yes\"}}}]}",
                "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"reasoning\",\"text\":\"hm\"},{\"text\":\"yes\"}]}}]}",
                "{\"choices\":[{\"message\":{\"content\":\"yes\",\"refusal\":null,\"future\":{\"a\":[1]}}}],"
                        + "\"usage\":{\"prompt_tokens\":null,\"prompt_tokens_details\":null,\"completion_tokens\":-4}}",
            })
    void readsWhatCompatibleServersLeaveOutOrAdd(String body) {
        assertThat(answerTo(Answer.ok(body)))
                .isEqualTo(new ChatResponse("yes", FinishReason.OTHER, Usage.NONE, "openai/gpt-4o"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "99999999999999999999", "1000000001", "-1", "NaN", "true", "[7]"})
    void doesNotBelieveACountOfTokensThatNoCallCanHave(String count) {
        String usage = "{\"prompt_tokens\":%s,\"completion_tokens\":%s}".formatted(count, count);

        assertThat(answerTo(Answer.ok(Completions.of("{\"content\":\"yes\"}", "\"stop\"", usage)))
                        .usage())
                .isEqualTo(Usage.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"prompt_tokens\":32,\"completion_tokens\":9,\"total_tokens\":135,\"completion_tokens_details\":{\"reasoning_tokens\":94}} | 103 | 94", // xAI
                "{\"prompt_tokens\":9,\"completion_tokens\":27,\"total_tokens\":1230} | 1221 | 0", // Google
                "{\"prompt_tokens\":9,\"total_tokens\":12}                           | 3    | 0",
                "{\"prompt_tokens\":9,\"completion_tokens\":27,\"total_tokens\":30}   | 27   | 0",
                "{\"prompt_tokens\":9,\"completion_tokens\":27,\"total_tokens\":-1}   | 27   | 0",
                "{\"completion_tokens\":27,\"total_tokens\":36}                      | 27   | 0",
            })
    void countsWhatStandsInTheTotalAlone(String usage, long completion, long reasoning) {
        Usage read = answerTo(Answer.ok(Completions.of("{\"content\":\"yes\"}", "\"stop\"", usage)))
                .usage();

        assertThat(read.completionTokens()).isEqualTo(completion);
        assertThat(read.reasoningTokens()).isEqualTo(reasoning);
    }

    @Test
    void readsNumbersThatOnlyPythonTakesForJson() {
        String answer = Completions.saying("yes").replace("\"logprobs\":null", "\"logprobs\":[NaN,Infinity,-Infinity]");

        assertThat(answerTo(Answer.ok(answer)).text()).isEqualTo("yes");
    }

    @Test
    void readsUsageWithoutDetails() {
        String usage =
                "{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7,\"completion_tokens_details\":null}";

        assertThat(answerTo(Answer.ok(Completions.of("{\"content\":\"yes\"}", "\"stop\"", usage)))
                        .usage())
                .isEqualTo(Usage.of(5, 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input_tokens\":11,\"output_tokens\":5,\"total_tokens\":16}                                 | 11 | 5",
                "{\"prompt_tokens\":9,\"completion_tokens\":7,\"input_tokens\":0,\"output_tokens\":0}          | 9  | 7",
                "{\"prompt_tokens\":0,\"completion_tokens\":0,\"input_tokens\":9,\"output_tokens\":7}          | 9  | 7",
            })
    void readsUsageUnderTheNamesOfTheNewerProtocol(String usage, long prompt, long completion) {
        assertThat(answerTo(Answer.ok(Completions.of("{\"content\":\"yes\"}", "\"stop\"", usage)))
                        .usage())
                .isEqualTo(Usage.of(prompt, completion));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt_tokens\":86,\"completion_tokens\":300,\"total_tokens\":2306,\"cache_read_input_tokens\":20,"
                        + "\"cache_creation_input_tokens\":1900}", // Portkey
                "{\"prompt_tokens\":2006,\"completion_tokens\":300,\"total_tokens\":2306,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":20},\"cache_creation_input_tokens\":1900}" // LiteLLM
            })
    void countsWhatGatewaysSayOfTheCacheBehindThemAsAPartOfThePrompt(String usage) {
        assertThat(answerTo(Answer.ok(Completions.of("{\"content\":\"yes\"}", "\"stop\"", usage)))
                        .usage())
                .isEqualTo(new Usage(2006, 20, 1900, 300, 0));
    }

    @Test
    void findsTheCallsThatStandInChoicesOfTheirOwn() {
        ChatResponse answer = answerTo(Answer.ok("""
                {"choices":[{"finish_reason":"tool_calls","message":{"content":"I look."}},
                {"finish_reason":"tool_calls","message":{"tool_calls":
                [{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}}]}"""));

        assertThat(answer.text()).isEqualTo("I look.");
        assertThat(answer.toolCalls()).containsExactly(new ToolCall("a", "f", "{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"score\":3}", "{\"type\":\"bug\"}"})
    void takesAnObjectForTheJsonThatWasAskedFor(String json) {
        assertThat(answerTo(Answer.ok(Completions.of("{\"content\":" + json + "}", "\"stop\"", "null")))
                        .text())
                .isEqualTo(json);
    }

    @Test
    void takesAnEmptyTextForAnAnswer() {
        assertThat(answerTo(Completions.answer("")).text()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                        | is empty",
                "<html>no</html>                           | is a web page, so the base URL may be wrong",
                "{\"choices\":[{\"message\":{\"content\":\"ye | isn't whole JSON",
                "secret words                              | isn't whole JSON",
                "[]                                        | isn't a JSON object",
                "\"yes\"                                   | isn't a JSON object",
                "{}                                        | has no choices",
                "{\"choices\":[]}                          | has no choices",
                "{\"choices\":null}                        | has no choices",
                "{\"choices\":[null]}                      | has no choices",
                "{\"choices\":[{}]}                        | has no content",
                "{\"choices\":[{\"message\":{\"content\":null}}]} | has no content",
                "{\"choices\":[{\"finish_reason\":\"eos\",\"message\":{\"content\":null}}]} | has no content",
                "{\"choices\":[{\"finish_reason\":\"stop\",\"text\":\"yes\"}]} | has no content",
                "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":7}}]}    | has no content",
            })
    void callsAnAnswerBrokenThatHoldsNoWords(String body, String how) {
        assertThat(failureOf(Answer.ok(body)))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessage("The answer of openai/gpt-4o " + how + ".")
                .hasNoCause();
    }

    @Test
    void callsAnAnswerBrokenThatIsNotUtf8() {
        byte[] body = Completions.saying("caf\u00e9").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(failureOf(Answer.of(200, "application/json", body))).isInstanceOf(BrokenAnswerException.class);
    }

    @Test
    void callsAnAnswerBrokenThatIsNestedWithoutEnd() {
        assertThat(failureOf(Answer.ok("{\"choices\":" + "[".repeat(100_000))))
                .isInstanceOf(BrokenAnswerException.class);
    }

    @Test
    void saysWhichLimitCutAnAnswerAndWhatToDo() {
        assertThat(failureOf(Answer.ok(Completions.of("{\"content\":\"half\"}", "\"length\"", "null"))))
                .isInstanceOf(IncompleteAnswerException.class)
                .hasMessage(
                        "The answer of openai/gpt-4o was cut at the token limit: raise max_completion_tokens, or ask"
                                + " for a shorter answer.");
        assertThat(failureOf(Answer.ok(Completions.of("{\"content\":null}", "\"content_filter\"", "null"))))
                .isInstanceOf(IncompleteAnswerException.class)
                .hasMessageContaining("content_filter");
    }

    @Test
    void tellsARefusalFromAnAnswer() {
        String refusal =
                Completions.of("{\"content\":null,\"refusal\":\"I can't help with that.\"}", "\"stop\"", "null");

        assertThat(failureOf(Answer.ok(refusal)))
                .isInstanceOf(UnexpectedAnswerException.class)
                .hasMessage("openai/gpt-4o refused to answer: I can't help with that.");
    }

    @Test
    void tellsARefusalFromAnEmptyAnswer() {
        String refusal = Completions.of("{\"content\":\"\",\"refusal\":\"I can't.\"}", "\"stop\"", "null");

        assertThat(failureOf(Answer.ok(refusal)))
                .isInstanceOf(UnexpectedAnswerException.class)
                .hasMessage("openai/gpt-4o refused to answer: I can't.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model_length", "max_tokens", "MAX_TOKENS", "model_context_window_exceeded", "token_limit"})
    void knowsOtherWordsForTheTokenLimit(String reason) {
        assertThat(failureOf(Answer.ok(Completions.of("{\"content\":\"half\"}", "\"" + reason + "\"", "null"))))
                .isInstanceOf(IncompleteAnswerException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sensitive", "SAFETY", "content_filter: RECITATION", "refusal"})
    void knowsOtherWordsForAFilter(String reason) {
        assertThat(failureOf(Answer.ok(Completions.of("{\"content\":\"\"}", "\"" + reason + "\"", "null"))))
                .isInstanceOf(IncompleteAnswerException.class)
                .hasMessageContaining("content_filter");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abort",
                "network_error",
                "function_call_filter: MALFORMED_FUNCTION_CALL",
                "overloaded_error",
                "time_limit",
                "cancelled"
            })
    void callsAnAnswerBrokenThatWasGivenUp(String reason) {
        assertThat(failureOf(Answer.ok(Completions.of("{\"content\":\"half\"}", "\"" + reason + "\"", "null"))))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessageContaining("given up in the middle by the provider (" + reason + ")");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\"",
                "\" \"",
                "{}",
                "[]",
                "null",
                "0",
                "false",
                "{\"message\":\"\",\"code\":0}",
                "{\"message\":null,\"code\":\"\",\"details\":[{}]}"
            })
    void doesNotMindAnErrorThatSaysNothing(String error) {
        String answer = Completions.saying("yes").replaceFirst("\\{", "{\"error\":" + error + ",");

        assertThat(answerTo(Answer.ok(answer)).text()).isEqualTo("yes");
    }

    @Test
    void callsAnAnswerBrokenThatWantsAToolAndNamesNone() {
        String call = Completions.of("{\"content\":null,\"tool_calls\":[]}", "\"tool_calls\"", "null");

        assertThat(failureOf(Answer.ok(call)))
                .isInstanceOf(BrokenAnswerException.class)
                .hasMessage("The answer of openai/gpt-4o wants a tool to be called but names none.");
    }

    @Test
    void findsErrorsThatComeWithAGoodStatus() {
        assertThat(failureOf(Answer.ok(Completions.error("slow down", "rate_limit_error", ""))))
                .isInstanceOf(ThrottledException.class);
        assertThat(failureOf(Answer.ok("{\"error\":{\"code\":502,\"message\":\"upstream\"}}")))
                .isInstanceOf(UnavailableException.class);
        assertThat(failureOf(Answer.ok("{\"error\":\"something\"}"))).isInstanceOf(UnavailableException.class);
        assertThat(failureOf(Answer.ok("{\"object\":\"error\",\"message\":\"bad\",\"type\":\"BadRequestError\"}")))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("bad");
    }
}
