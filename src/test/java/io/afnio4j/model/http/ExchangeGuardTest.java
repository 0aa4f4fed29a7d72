package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExchangeGuardTest {

    private final AtomicLong nanos = new AtomicLong();
    private final EmbeddedChannel channel = new EmbeddedChannel(new ExchangeGuard(Duration.ofSeconds(10), nanos::get));

    ExchangeGuardTest() {
        channel.freezeTime();
    }

    @Test
    void endsAnExchangeWhoseAnswerDoesNotBegin() {
        ask();
        pass(9);
        assertThatCode(channel::checkException).doesNotThrowAnyException();

        pass(1);

        assertThatThrownBy(channel::checkException).isInstanceOf(ReadTimeoutException.class);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void countsFromTheLastSignAndNotFromTheFirst() {
        ask();
        for (int i = 0; i < 5; i++) {
            pass(9);
            hear(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        }
        assertThat(channel.isOpen()).isTrue();

        pass(10);

        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(channel::checkException).isInstanceOf(ReadTimeoutException.class);
    }

    @Test
    void endsAConnectionWhoseOtherSideAnswersWhereNobodyAsked() {
        ask();
        hear(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(channel.<Object>readInbound()).isNotNull();

        var unused = channel.writeInbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));

        assertThat(channel.isOpen()).isFalse();
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @Test
    void leavesAConnectionAloneThatNobodyUses() {
        ask();
        hear(LastHttpContent.EMPTY_LAST_CONTENT);
        pass(100);
        assertThat(channel.isOpen()).isTrue();

        ask();
        pass(9);
        assertThat(channel.isOpen())
                .as("the time before the request doesn't count")
                .isTrue();
        pass(1);

        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(channel::checkException).isInstanceOf(ReadTimeoutException.class);
    }

    @Test
    void countsFromTheRequestWhereTheTimerOfAnEarlierOneIsStillDue() {
        ask();
        hear(LastHttpContent.EMPTY_LAST_CONTENT);
        pass(8);
        ask();
        pass(9);

        assertThat(channel.isOpen()).isTrue();

        pass(1);

        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(channel::checkException).isInstanceOf(ReadTimeoutException.class);
    }

    @Test
    void endsAnExchangeWhoseAnswerCannotBeDecoded() {
        ask();
        channel.pipeline().fireExceptionCaught(new DecoderException("not a zip"));

        assertThatThrownBy(channel::checkException).isInstanceOf(DecoderException.class);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void keepsNoConnectionOnWhichTheAnswerCameBeforeAllOfTheRequestWasSent() {
        var unused = channel.write(request()); // its bytes lie there
        assertThat(isKeptAfterItsAnswer()).isFalse();

        channel.flushOutbound();
        assertThat(isKeptAfterItsAnswer()).isTrue();
    }

    private boolean isKeptAfterItsAnswer() {
        hear(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE));
        return HttpUtil.isKeepAlive(channel.<HttpResponse>readInbound());
    }

    @Test
    void leavesNoTimerBehind() {
        ask();
        assertThat(channel.finishAndReleaseAll()).isTrue();

        assertThat(channel.runScheduledPendingTasks()).as("no task is left").isEqualTo(-1);
    }

    private void ask() {
        assertThat(channel.writeOutbound(request())).isTrue();
    }

    private static HttpRequest request() {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
    }

    private void hear(Object message) {
        assertThat(channel.writeInbound(message)).isTrue();
    }

    private void pass(int seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        var unused = channel.runScheduledPendingTasks();
    }
}
