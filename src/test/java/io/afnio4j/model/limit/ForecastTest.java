package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.Phase;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.Usage;
import org.junit.jupiter.api.Test;

class ForecastTest {

    @Test
    void vectorsSayNothingOfHowLongAnswersInWordsAre() {
        Forecast forecast = new Forecast(TokenEstimator.rough());
        Ticket chat = new Ticket(Phase.FORWARD, 10, Long.MAX_VALUE);
        forecast.learn(10, Phase.FORWARD, Usage.of(10, 500));

        forecast.learn(10, Phase.FORWARD, Usage.of(10, 0));

        assertThat(forecast.tokens(chat)).isEqualTo(510);
        assertThat(forecast.tokens(new Ticket(Phase.FORWARD, 10, 0))).isEqualTo(10);
    }
}
