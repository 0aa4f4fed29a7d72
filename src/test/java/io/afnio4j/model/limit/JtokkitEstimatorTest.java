package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.TokenEstimator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JtokkitEstimatorTest {

    @Test
    void countsWhatTheRoughEstimateOverrates() {
        ChatRequest request =
                ChatRequest.of(ChatMessage.user("The quick brown fox jumps over the lazy dog. ".repeat(20)));
        long exact = JtokkitEstimator.forModel("gpt-4").promptTokens(request);
        assertThat(exact).isBetween(190L, 230L);
        assertThat(TokenEstimator.rough().promptTokens(request)).isBetween(exact, 2 * exact);
    }

    @Test
    void countsWhatDescribesToolsAndImagesToo() {
        JtokkitEstimator estimator = JtokkitEstimator.forModel("gpt-4o");
        ChatRequest bare = ChatRequest.of(ChatMessage.user("hello"));
        CompletionOptions tools = CompletionOptions.NONE.with("tools", List.of(Map.of("name", "a tool ".repeat(100))));
        ChatRequest picture = ChatRequest.of(
                ChatMessage.user(ContentPart.text("hello"), ContentPart.image("https://example.org/picture.png")));

        long words = estimator.promptTokens(bare);
        assertThat(estimator.promptTokens(new ChatRequest(bare.messages(), tools)))
                .isGreaterThan(words + 200);
        assertThat(estimator.promptTokens(picture)).isGreaterThanOrEqualTo(words + 1_000);
    }

    @Test
    void countsATextOnceWhoeverAsks() {
        List<String> counted = new ArrayList<>();
        JtokkitEstimator estimator = new JtokkitEstimator(text -> {
            counted.add(text);
            return text.length();
        });
        ChatMessage system = ChatMessage.system("You are brief.");
        ChatRequest first = ChatRequest.of(system, ChatMessage.user("one"));
        ChatRequest second = ChatRequest.of(system, ChatMessage.user("two"));

        long tokens = estimator.promptTokens(first);

        assertThat(estimator.promptTokens(first)).isEqualTo(tokens);
        assertThat(estimator.promptTokens(second)).isEqualTo(tokens);
        assertThat(counted).containsExactly("You are brief.", "one", "two");
    }
}
