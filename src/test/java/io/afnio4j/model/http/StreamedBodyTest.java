package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.UnexpectedAnswerException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class StreamedBodyTest {

    @Test
    void givesUpAStreamThatDoesNotEndHoweverShortItsEventsAre() {
        StreamedBody body = new StreamedBody();
        ByteBuf megabyte = Unpooled.wrappedBuffer((":".repeat((1 << 20) - 1) + "\n").getBytes(US_ASCII));

        for (int i = 0; i < 128; i++) {
            assertThat(body.feed(megabyte.duplicate())).isEmpty();
        }

        assertThatThrownBy(() -> body.feed(megabyte.duplicate()))
                .isInstanceOf(UnexpectedAnswerException.class)
                .hasMessage("The stream is longer than 128 MB, so it was given up and its connection closed.");
    }
}
