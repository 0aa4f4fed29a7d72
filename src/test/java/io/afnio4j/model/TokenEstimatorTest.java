package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenEstimatorTest {

    private static final TokenEstimator ROUGH = TokenEstimator.rough();

    @ParameterizedTest
    @CsvSource({"'', 4", "abc, 5", "abcd, 6", "\u4f60\u597d, 6", "na\u00efve, 7"})
    void takesAThirdForEachAsciiCharacterAndAWholeForEachOther(String text, long tokens) {
        assertThat(ROUGH.promptTokens(ChatRequest.of(ChatMessage.user(text)))).isEqualTo(tokens);
    }

    @Test
    void countsEachMessageAndWhatDescribesToolsAndFormats() {
        ChatRequest request = ChatRequest.of(ChatMessage.system("abc"), ChatMessage.user("abc"));
        assertThat(ROUGH.promptTokens(request)).isEqualTo(10);
        CompletionOptions options = CompletionOptions.NONE.with("tools", List.of(Map.of("name", "x".repeat(300))));
        assertThat(ROUGH.promptTokens(new ChatRequest(request.messages(), options)))
                .isGreaterThan(110);
    }

    @Test
    void countsWhatGoesBackWithACall() {
        ToolCall call = new ToolCall("a", "f", "{}", "hm ".repeat(100));

        assertThat(ROUGH.promptTokens(ChatRequest.of(ChatMessage.assistant("", List.of(call)))))
                .isGreaterThan(100);
    }
}
