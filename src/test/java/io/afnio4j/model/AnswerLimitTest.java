package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerLimitTest {

    private static AnswerLimit limit(String name, Object value) {
        return AnswerLimit.of(CompletionOptions.NONE.with(name, value));
    }

    @Test
    void knowsTheLimitByEachOfItsNames() {
        assertThat(limit("max_completion_tokens", 7)).isEqualTo(new AnswerLimit(7, 1, true));
        assertThat(limit("max_tokens", 8)).isEqualTo(new AnswerLimit(8, 1, true));
        assertThat(limit("generationConfig", Map.of("maxOutputTokens", 9))).isEqualTo(new AnswerLimit(9, 1, true));
    }

    @Test
    void takesTheLargerOfTwo() {
        assertThat(AnswerLimit.of(CompletionOptions.NONE.maxCompletionTokens(7).with("max_tokens", 8))
                        .each())
                .isEqualTo(8);
    }

    @Test
    void assumesALengthWhereNoneIsSaid() {
        AnswerLimit assumed = new AnswerLimit(TokenEstimator.DEFAULT_ANSWER, 1, false);

        assertThat(AnswerLimit.of(CompletionOptions.NONE)).isEqualTo(assumed);
        assertThat(limit("max_tokens", "many")).isEqualTo(assumed);
        assertThat(limit("max_tokens", -1)).isEqualTo(assumed);
    }

    @Test
    void severalAnswersInOneHaveRoomByTheNameThatWasUsed() {
        CompletionOptions brief = CompletionOptions.NONE.temperature(0);

        assertThat(AnswerLimit.inOne(brief.maxCompletionTokens(300), 2))
                .isEqualTo(brief.with("max_completion_tokens", 600L));
        assertThat(AnswerLimit.inOne(brief.with("max_tokens", 300), 2)).isEqualTo(brief.with("max_tokens", 600L));
        assertThat(AnswerLimit.inOne(brief.with("generationConfig", Map.of("topK", 3, "maxOutputTokens", 300)), 2))
                .isEqualTo(brief.with("generationConfig", Map.of("topK", 3, "maxOutputTokens", 600L)));
    }

    @Test
    void severalAnswersInOneHaveNoLimitWhereOneHasNone() {
        CompletionOptions unlimited = CompletionOptions.NONE.with("max_tokens", -1);

        assertThat(AnswerLimit.inOne(unlimited, 2)).isEqualTo(unlimited);
        assertThat(AnswerLimit.inOne(CompletionOptions.NONE, 2)).isEqualTo(CompletionOptions.NONE);
    }
}
