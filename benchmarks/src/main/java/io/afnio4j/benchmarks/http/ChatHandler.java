package io.afnio4j.benchmarks.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection: finds where a request ends and what it wants, and sends bytes that were made before. The decoder of a
 * full server would cost more than the clients differ.
 */
final class ChatHandler extends ByteToMessageDecoder {

    private static final ByteBuf HEAD_END = ChatAnswers.bytes("\r\n\r\n");
    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: *(\\d+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern TARGET = Pattern.compile("POST /(plain|streamed)/(\\d+)/chat/completions ");

    private @Nullable String lastHead; // the same for all requests of most clients
    private int bodyLength;
    private boolean streamed;
    private long delayMillis;

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> output) {
        int headLength = ByteBufUtil.indexOf(HEAD_END, input) - input.readerIndex();
        if (headLength < 0) {
            return;
        }
        read(input.toString(input.readerIndex(), headLength, StandardCharsets.ISO_8859_1));
        int length = headLength + HEAD_END.readableBytes() + bodyLength;
        if (input.readableBytes() < length) {
            return;
        }
        input.skipBytes(length);
        List<ByteBuf> answer = streamed ? ChatAnswers.STREAMED : ChatAnswers.WHOLE;
        if (delayMillis == 0) {
            send(context, answer);
        } else {
            var unused = context.executor().schedule(() -> send(context, answer), delayMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void read(String head) {
        if (head.equals(lastHead)) {
            return;
        }
        Matcher target = TARGET.matcher(head);
        Matcher length = LENGTH.matcher(head);
        if (!target.lookingAt() || !length.find()) {
            throw new IllegalArgumentException("This server doesn't understand: " + head);
        }
        lastHead = head;
        streamed = target.group(1).equals("streamed");
        delayMillis = Long.parseLong(target.group(2));
        bodyLength = Integer.parseInt(length.group(1));
    }

    /** Each part is flushed on its own, as models speak. */
    private static void send(ChannelHandlerContext context, List<ByteBuf> parts) {
        for (ByteBuf part : parts) {
            var unused = context.writeAndFlush(part.duplicate(), context.voidPromise());
        }
    }
}
