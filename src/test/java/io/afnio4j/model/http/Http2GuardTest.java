package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

/** When a connection of HTTP/2 is asked for a sign of life, and what becomes of it. */
class Http2GuardTest {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<Http2PingFrame> pings = new ArrayList<>();
    private final EmbeddedChannel connection = new EmbeddedChannel();

    Http2GuardTest() {
        connection.freezeTime();
        connection
                .pipeline()
                .addLast(
                        Http2FrameCodecBuilder.forClient().build(),
                        new Pings(),
                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
    }

    @AfterEach
    void release() {
        connection.finishAndReleaseAll();
    }

    private Channel exchange() {
        Channel exchange = new Http2StreamChannelBootstrap(connection)
                .open()
                .syncUninterruptibly()
                .getNow();
        exchange.pipeline().addLast(NettyPipeline.ReactiveBridge, new ChannelInboundHandlerAdapter());
        Http2Guard.watch(exchange, PATIENCE);
        return exchange;
    }

    private void close(Channel channel) {
        var unused = channel.close();
        connection.runPendingTasks();
    }

    private void advance(Duration time) {
        connection.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        connection.runPendingTasks();
    }

    @Test
    void closesAConnectionThatGivesNoSignWhenAnExchangeOnItWasGivenUp() {
        close(exchange());

        advance(PATIENCE.minusMillis(1));
        assertThat(pings).hasSize(1);
        assertThat(connection.isActive()).isTrue();

        advance(Duration.ofMillis(1));
        assertThat(connection.isActive()).isFalse();
    }

    @Test
    void keepsAConnectionThatGivesASign() {
        for (int exchange = 1; exchange <= 2; exchange++) {
            close(exchange());
            connection.pipeline().fireChannelReadComplete();
            advance(PATIENCE);

            assertThat(pings).hasSize(exchange);
            assertThat(connection.isActive()).isTrue();
        }
    }

    @Test
    void asksOnceForAllWhoGiveUpInTheMeantime() {
        List<Channel> exchanges = List.of(exchange(), exchange(), exchange());

        exchanges.forEach(this::close);

        assertThat(pings).hasSize(1);
    }

    @Test
    void asksForNothingWhereTheAnswerIsWhole() {
        Channel exchange = exchange();
        exchange.pipeline().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);

        close(exchange);
        advance(PATIENCE);

        assertThat(pings).isEmpty();
        assertThat(connection.isActive()).isTrue();
    }

    @Test
    void waitsForNoSignOfAConnectionThatWasCutUnderTheExchange() {
        Channel exchange = exchange();
        Future<?> unused =
                exchange.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().method("POST")));
        assertThat(exchange.isActive()).isTrue();

        unused = connection.pipeline().firstContext().close();
        connection.runPendingTasks();

        assertThat(exchange.isActive()).isFalse();
        assertThat(connection.runScheduledPendingTasks())
                .as("until the next timer")
                .isEqualTo(-1);
    }

    /** Notes what would be sent. */
    private final class Pings extends ChannelDuplexHandler {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof Http2PingFrame ping) {
                pings.add(ping);
            }
            var unused = context.write(message, promise);
        }
    }
}
