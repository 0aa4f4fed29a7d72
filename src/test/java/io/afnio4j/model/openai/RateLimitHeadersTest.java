package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.RateLimitListener;
import io.afnio4j.model.RateLimitReport;
import io.afnio4j.model.RateLimitReport.Window;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitHeadersTest extends OpenAiTestSupport {

    private static RateLimitReport read(String... namesAndValues) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.set("x-ratelimit-" + namesAndValues[i], namesAndValues[i + 1]);
        }
        return RateLimitHeaders.read(headers);
    }

    @Test
    void readsBothLimits() {
        assertThat(read(
                        "limit-requests",
                        "60",
                        "remaining-requests",
                        "59",
                        "reset-requests",
                        "1s",
                        "limit-tokens",
                        "150000",
                        "remaining-tokens",
                        "149984",
                        "reset-tokens",
                        "6m0s"))
                .isEqualTo(new RateLimitReport(
                        new Window(60L, 59L, Duration.ofSeconds(1)),
                        new Window(150_000L, 149_984L, Duration.ofMinutes(6))));
    }

    @ParameterizedTest
    @CsvSource({
        "1s, 1000",
        "6m0s, 360000",
        "12ms, 12",
        "1m30.5s, 90500",
        "2h, 7200000",
        "1d, 86400000",
        "0.5, 500",
        "7, 7000"
    })
    void readsDurations(String text, long millis) {
        assertThat(read("reset-tokens", text).tokens().reset()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1s", "1x", "s", "2026-11-24T00:00:00Z", "99999999999", "1s1"})
    void whatIsNoDurationSaysNothing(String text) {
        assertThat(read("reset-tokens", text).tokens().reset()).isNull();
    }

    @Test
    void whatIsNoNumberSaysNothingAndMinusOneIsHandedOn() {
        assertThat(read("limit-requests", "many", "remaining-requests", "-1").requests())
                .isEqualTo(new Window(null, -1L, null));
    }

    @Test
    void whoListensInTheContextHearsThemBesideAnAnswerAndBesideARefusal() {
        List<RateLimitReport> heard = new ArrayList<>();
        RateLimitListener listener = heard::add;
        String left = "x-ratelimit-remaining-requests: ";
        ChatModel model = client(serve(
                Answer.json(200, Completions.saying("hi"), left + "7"),
                Answer.json(429, "{}", left + "0"),
                Answer.saying("no headers")));
        run(model.chat(HELLO).contextWrite(listener::in));
        assertThat(failureOf(model.chat(HELLO).contextWrite(listener::in))).isInstanceOf(ThrottledException.class);
        run(model.chat(HELLO).contextWrite(listener::in));
        assertThat(heard.stream().map(report -> report.requests().remaining())).containsExactly(7L, 0L);
    }
}
