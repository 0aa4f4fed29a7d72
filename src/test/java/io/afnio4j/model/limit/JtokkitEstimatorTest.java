package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.TokenEstimator;
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
}
