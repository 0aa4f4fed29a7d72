package io.afnio4j.model.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Keeps from the client what a server or a proxy says before its answer, such as 103 (Early Hints): taken for the
 * answer, it would leave the real one to the next caller of the connection. After 101 a connection speaks another
 * protocol, so that one is let through as the refusal that it is here, and the connection isn't used again.
 */
final class InterimAnswers extends ChannelInboundHandlerAdapter {

    private boolean interim;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse response) {
            interim = isInterim(response); // each anew: in HTTP/2 nothing marks the end of what went before
        }
        if (interim) {
            interim = !(message instanceof LastHttpContent);
            ReferenceCountUtil.release(message);
            context.read(); // whoever asked for something has not got it yet
        } else {
            context.fireChannelRead(message);
        }
    }

    private static boolean isInterim(HttpResponse response) {
        if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            HttpUtil.setKeepAlive(response, false);
            return false;
        }
        return response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
}
