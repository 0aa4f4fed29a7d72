package io.afnio4j.model.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends exchanges that lead nowhere, and their connections with them: the other side is silent for too long, before its
 * answer begins or in the middle of it, or sends what can't be decoded (without this, such a connection would be kept
 * from all who wait for one, since the rest of the answer is still to come), or answers where nobody asked. An answer
 * that comes before its request was sent to its end is the last of its connection. It stays in a connection's pipeline
 * for good and has at most one timer there, which isn't moved when something comes but looks at the clock when it is
 * due. Reactor Netty's own response timeout does the same with a handler and a timer for each request, which cost an
 * eighth of a short call's processor time.
 *
 * <p>For what serves one exchange at a time: a connection of HTTP/1.1, or a stream of HTTP/2. Used by the connection's
 * event loop only.
 */
final class ExchangeGuard extends ChannelDuplexHandler {

    private final long limitNanos;
    private final LongSupplier clock;
    private long lastSign;
    private boolean waiting;
    private boolean uncalledFor; // what comes from now on
    private boolean answered; // by what is being read: a request that was sent since can't be meant by the rest of it
    private @Nullable Future<?> timer;
    private @Nullable Future<?> sending; // of the last request, to its end

    /**
     * Makes a limit for one connection.
     *
     * @param limit the longest silence
     * @param clock the time in nanoseconds, for example {@link System#nanoTime}
     */
    ExchangeGuard(Duration limit, LongSupplier clock) {
        this.limitNanos = limit.toNanos();
        this.clock = clock;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpRequest) {
            waiting = true;
            lastSign = clock.getAsLong();
            if (timer == null) {
                lookIn(context, limitNanos);
            }
        }
        sending = message instanceof LastHttpContent ? promise : sending;
        var unused = context.write(message, promise); // its outcome is the promise's
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse && (answered || !waiting)) {
            uncalledFor = true;
            var unused = context.close();
        }
        if (uncalledFor) {
            ReferenceCountUtil.release(message); // it must not be taken for the answer to whoever is next
            return;
        }
        if (message instanceof HttpResponse response && isBeforeTheEndOf(sending, context)) {
            HttpUtil.setKeepAlive(response, false);
        }
        if (message instanceof LastHttpContent) {
            waiting = false;
            answered = true;
        }
        context.fireChannelRead(message);
    }

    /**
     * Who answers before all is sent, such as that it is too long, may not read the rest: the next request would wait
     * behind it, or be cut with it.
     */
    private static boolean isBeforeTheEndOf(@Nullable Future<?> request, ChannelHandlerContext context) {
        return request != null && !request.isDone() && context.channel().parent() == null; // not a stream of HTTP/2
    }

    /** Here, for what the other side says before its answer is a sign as well. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        lastSign = clock.getAsLong();
        answered = false;
        context.fireChannelReadComplete();
    }

    private void lookIn(ChannelHandlerContext context, long nanos) {
        timer = context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext context) {
        timer = null;
        long left = limitNanos - (clock.getAsLong() - lastSign);
        if (!waiting) {
            return; // the next request starts a timer of its own
        }
        if (left > 0) {
            lookIn(context, left);
        } else {
            exceptionCaught(context, ReadTimeoutException.INSTANCE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        waiting = false;
        context.fireExceptionCaught(failure);
        var unused = context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        waiting = false;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
