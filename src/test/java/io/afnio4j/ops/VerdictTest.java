package io.afnio4j.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {

    private static final String GOOD = "{\"explanation\":\"too {long}\",\"score\":0.5}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD,
                "\n " + GOOD + "\n",
                "```json\n" + GOOD + "\n```",
                "Let me see. {prediction} is long, {\"a\": {\"b\": 1}} too.\n" + GOOD + "\nI hope {this} helps.",
                "{\"score\": 1, \"explanation\": \"a first thought\"} No: " + GOOD,
                "{ {{" + GOOD,
                "{\"explanation\":\" too {long} \",\"score\":\" 0.50 \",\"more\":[{\"score\":3}]}",
            })
    void findsTheVerdictInTheAnswer(String answer) {
        assertThat(Verdict.parse(answer)).isEqualTo(new Verdict(0.5, "too {long}", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; it has no JSON object with a \"score\".",
                "Good!; it has no JSON object with a \"score\".",
                "{\"explanation\":\"x\"}; it has no JSON object with a \"score\".",
                "[0.5]; it has no JSON object with a \"score\".",
                "{\"explanation\":\"x\",\"score\":0.5; it has no JSON object with a \"score\".",
                "{\"explanation\":\"x\",\"score\":\"good\"}; its \"score\" isn't a number.",
                "{\"explanation\":\"x\",\"score\":null}; its \"score\" isn't a number.",
                "{\"explanation\":\"x\",\"score\":true}; its \"score\" isn't a number.",
                "{\"explanation\":\"x\",\"score\":\"1e999\"}; its \"score\" isn't a number.",
                "{\"score\":1}; its \"explanation\" isn't a text.",
                "{\"explanation\":\" \",\"score\":1}; its \"explanation\" isn't a text.",
                "{\"explanation\":3,\"score\":1}; its \"explanation\" isn't a text.",
            })
    void saysWhyAnAnswerCannotBeUsed(String answer, String problem) {
        assertThat(Verdict.parse(answer).problem()).isEqualTo(problem);
    }

    @Test
    void findsTheVerdictBehindAnyNumberOfBraces() {
        assertThat(Verdict.parse("{".repeat(100_000) + GOOD).problem()).isNull();
        assertThat(Verdict.parse("int f(){}\n".repeat(1_000) + GOOD).problem()).isNull();
        assertThat(Verdict.parse(GOOD.replace("long", "{ }".repeat(1_000))).problem())
                .isNull();
        assertThat(Verdict.parse("{\"a\":".repeat(100_000)).problem()).isNotNull();
    }
}
