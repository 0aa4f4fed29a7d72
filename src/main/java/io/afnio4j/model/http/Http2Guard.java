package io.afnio4j.model.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import reactor.netty.NettyPipeline;

/**
 * Closes connections of HTTP/2 that are of no more use, which Reactor Netty's pool keeps; all who wait for one would
 * wait for ever, or fail one after the other:
 *
 * <ul>
 *   <li>one whose server takes no more requests on it (GOAWAY), as soon as those that it took are over: servers exist
 *       that leave closing to the client, and the pool uses such a connection no more, but counts it among those that
 *       may be open;
 *   <li>one on which nothing comes any more, as behind a router that has forgotten it. That an answer doesn't come in
 *       time says little, for the model may think longer than others; so the server is asked for a sign of life.
 * </ul>
 *
 * <p>Used by the connection's event loop only.
 */
final class Http2Guard extends ChannelInboundHandlerAdapter {

    private final Channel channel;
    private final Duration patience;
    private long signs;
    private boolean asked;

    private Http2Guard(Channel channel, Duration patience) {
        this.channel = channel;
        this.patience = patience;
    }

    /**
     * Watches over an exchange, and over its connection if nobody does yet.
     *
     * @param exchange the channel of one exchange; without effect where that is HTTP/1.1
     * @param patience how long a server may take for a sign of life
     */
    static void watch(Channel exchange, Duration patience) {
        Channel channel = exchange.parent();
        Http2FrameCodec codec = channel == null ? null : channel.pipeline().get(Http2FrameCodec.class);
        if (codec == null) {
            return;
        }
        Http2Guard guard = channel.pipeline().get(Http2Guard.class);
        if (guard == null) {
            guard = new Http2Guard(channel, patience);
            channel.pipeline().addFirst(guard);
            codec.connection().addListener(guard.new Departure(codec.connection()));
        }
        exchange.pipeline().addBefore(NettyPipeline.ReactiveBridge, "afnio4j.silence", guard.new Silence());
    }

    /** Asks for a sign of life, and closes the connection where none comes. */
    private void ask() {
        if (asked) {
            return;
        }
        asked = true;
        long before = signs;
        Future<?> unused = channel.writeAndFlush(new DefaultHttp2PingFrame(before));
        unused = channel.eventLoop().schedule(() -> look(before), patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look(long before) {
        asked = false;
        if (signs == before && channel.isActive()) {
            // From the first handler on, so that nobody wants to say goodbye to a server that doesn't listen.
            var unused = channel.pipeline().firstContext().close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        signs++;
        context.fireChannelReadComplete();
    }

    /**
     * Hears of an exchange that ended without a whole answer: it was silent for too long, or somebody waited for it no
     * longer, which may be for the same reason.
     */
    private final class Silence extends ChannelInboundHandlerAdapter {

        private boolean answered;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            answered |= message instanceof LastHttpContent;
            context.fireChannelRead(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!answered && channel.isActive()) {
                ask();
            }
            context.fireChannelInactive();
        }
    }

    private final class Departure extends Http2ConnectionAdapter {

        private final Http2Connection connection;

        private Departure(Http2Connection connection) {
            this.connection = connection;
        }

        @Override
        public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
            closeWhenDone();
        }

        @Override
        public void onStreamRemoved(Http2Stream stream) {
            closeWhenDone();
        }

        private void closeWhenDone() {
            if (connection.goAwayReceived() && connection.numActiveStreams() == 0) {
                var unused = channel.close();
            }
        }
    }
}
