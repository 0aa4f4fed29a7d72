package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class ExchangeJsonTest {

    private static final String KEPT =
            ExchangeJson.write(new ChatResponse("yes", FinishReason.STOP, new Usage(50, 10, 20, 7, 3), "gpt-4o"));

    @Test
    void readsWhatItWrote() {
        assertThat(ExchangeJson.read(KEPT, ChatResponse.class).usage()).isEqualTo(new Usage(50, 10, 20, 7, 3));
    }

    @Test
    void readsAnswersThatWereKeptBeforeWritesToACacheWereCounted() {
        String older = KEPT.replace("\"cacheWriteTokens\":20,", "");

        assertThat(older).isNotEqualTo(KEPT);
        assertThat(ExchangeJson.read(older, ChatResponse.class).usage()).isEqualTo(new Usage(50, 10, 7, 3));
    }

    @Test
    void takesNoAnswerThatLacksAnotherCount() {
        assertThatThrownBy(() -> ExchangeJson.read(KEPT.replace("\"cachedTokens\":10,", ""), ChatResponse.class))
                .isInstanceOf(JacksonException.class)
                .hasMessageContaining("cachedTokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"10\"", "10.5", "-10", "null", "1e30"})
    void takesNoCountThatIsNone(String count) {
        assertThatThrownBy(() -> ExchangeJson.read(KEPT.replace(":10,", ":" + count + ","), ChatResponse.class))
                .isInstanceOf(JacksonException.class);
    }
}
