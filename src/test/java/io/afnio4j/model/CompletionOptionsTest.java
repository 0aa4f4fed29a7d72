package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionOptionsTest {

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesNumbersThatJsonDoesNotHave(double value) {
        assertThatThrownBy(() -> CompletionOptions.NONE.temperature(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'temperature' is " + value + ", which is no number in JSON.");
        assertThatThrownBy(() -> CompletionOptions.NONE.with("penalty", (float) value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("penalty");
    }

    @Test
    void keepsEveryOtherNumber() {
        assertThat(CompletionOptions.NONE
                        .temperature(0.5)
                        .with("n", Long.MAX_VALUE)
                        .fields())
                .containsEntry("temperature", 0.5)
                .containsEntry("n", Long.MAX_VALUE);
    }
}
