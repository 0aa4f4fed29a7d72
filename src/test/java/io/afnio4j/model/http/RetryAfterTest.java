package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2015-10-21T07:27:30Z"), ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource({
        "20, PT20S",
        "' 1.5 ', PT1.5S",
        "0, PT0S",
        "'Wed, 21 Oct 2015 07:28:00 GMT', PT30S",
        "'Wednesday, 21-Oct-15 07:28:00 GMT', PT30S",
        "1m2.5s, PT1M2.5S",
        "1500ms, PT1.5S",
        "2015-10-21T07:27:42Z, PT12S",
        "1445412460, PT10S",
    })
    void readsSecondsAndDates(String value, Duration wait) {
        assertThat(wait("retry-after", value)).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "soon",
                "",
                " ",
                "NaN",
                "Infinity",
                "1e9",
                "0x10",
                "99999999999",
                "Wed, 21 Oct 2015 07:27:00 GMT",
                "Fri, 21 Oct 2118 07:28:00 GMT",
                "1,5",
                "+3"
            })
    void takesWhatCannotBeAWaitForNothingSaid(String value) {
        assertThat(wait("retry-after", value)).isNull();
        assertThat(wait("retry-after-ms", value)).isNull();
    }

    @Test
    void prefersMillisecondsWhereTheyMakeSense() {
        assertThat(wait("retry-after-ms", "1250.5", "retry-after", "2")).isEqualTo(Duration.ofNanos(1_250_500_000));
        assertThat(wait("retry-after-ms", "-3", "retry-after", "2")).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void isNullWithoutHeaders() {
        assertThat(wait("x-other", "3")).isNull();
    }

    private static @Nullable Duration wait(String... headers) {
        HttpHeaders all =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.set(headers[i], headers[i + 1]);
        }
        return RetryAfter.in(all, CLOCK);
    }
}
