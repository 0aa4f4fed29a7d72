package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.Phase;
import io.afnio4j.model.AnswerLimit;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import org.junit.jupiter.api.Test;

class ForecastTest {

    private final Forecast forecast = new Forecast(TokenEstimator.rough());

    /** A call whose answer has a limit. */
    private static Ticket limited(long tokens) {
        return new Ticket(Phase.FORWARD, 10, new AnswerLimit(tokens, 1, true));
    }

    private static Ticket unlimited() {
        return new Ticket(Phase.FORWARD, 10, new AnswerLimit(1_000, 1, false));
    }

    @Test
    void vectorsSayNothingOfHowLongAnswersInWordsAre() {
        forecast.learn(unlimited(), Usage.of(10, 500));

        forecast.learn(unlimited(), Usage.of(10, 0));

        assertThat(forecast.tokens(unlimited())).isEqualTo(510);
        assertThat(forecast.tokens(limited(0))).isEqualTo(10);
    }

    @Test
    void shortAnswersSayNothingOfHowLongOnesWithAHigherLimitAre() {
        forecast.learn(unlimited(), Usage.of(10, 10));
        assertThat(forecast.tokens(limited(8_000))).isEqualTo(8_010);

        forecast.learn(limited(100), Usage.of(10, 50));
        assertThat(forecast.tokens(limited(8_000))).isEqualTo(4_010);
        assertThat(forecast.most(limited(8_000))).isEqualTo(8_010);
    }

    @Test
    void oneAnswerFarFromAllOthersTeachesLittle() {
        for (int i = 0; i < 20; i++) {
            forecast.learn(unlimited(), Usage.of(10, 500));
        }
        forecast.learn(unlimited(), Usage.of(10, 300_000));
        assertThat(forecast.tokens(unlimited())).isLessThan(1_000);
    }
}
