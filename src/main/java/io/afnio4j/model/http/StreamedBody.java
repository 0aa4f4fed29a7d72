package io.afnio4j.model.http;

import io.afnio4j.error.UnexpectedAnswerException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes where a stream was asked for: events, or a whole answer, an error or a web page from a server that took no
 * notice of that. Which of them it is, is told by the first byte that isn't blank, for the type that the server gives
 * it is often another's. Used by one thread at a time.
 */
final class StreamedBody {

    private static final int MAX_LINE = 1 << 20;

    /**
     * Words are handed on, but thoughts and calls of tools are kept to the end, and a server may send them without one.
     * An event for each token wraps it in hundreds of bytes, so more comes than for a whole answer.
     */
    private static final int MAX_STREAM = 8 * HttpSetup.MAX_ANSWER;

    private final SseDecoder events = new SseDecoder(MAX_LINE);
    private final Bytes whole = new Bytes("The answer", HttpSetup.MAX_ANSWER);
    private boolean begun;
    private boolean isWhole;
    private boolean isObject; // the whole, or the first of several
    private int left = MAX_STREAM;

    /**
     * Finds events where a whole answer was asked for.
     *
     * @param body what came
     * @return the data of the events, none where it isn't made of them
     */
    static List<byte[]> events(Bytes body) {
        StreamedBody streamed = new StreamedBody();
        ByteBuf buffer = Unpooled.wrappedBuffer(body.array(), 0, body.length());
        streamed.look(buffer);
        if (streamed.isWhole) {
            return List.of();
        }
        List<byte[]> events = new ArrayList<>(streamed.feed(buffer));
        events.addAll(streamed.finish());
        return events;
    }

    /**
     * Reads the next buffer to its end.
     *
     * @param buffer what came; it isn't needed any more when this returns
     * @return the data of the events that are complete with it
     * @throws UnexpectedAnswerException where there is more than any answer needs
     */
    List<byte[]> feed(ByteBuf buffer) {
        left -= buffer.readableBytes();
        if (left < 0) {
            throw UnexpectedAnswerException.unread("The stream is longer than " + (MAX_STREAM >> 20)
                    + " MB, so it was given up and its connection closed.");
        }
        if (!begun) {
            look(buffer);
        }
        if (!isWhole) {
            return events.feed(buffer);
        }
        whole.append(buffer, buffer.readableBytes());
        return List.of();
    }

    private void look(ByteBuf buffer) {
        int first = buffer.forEachByte(octet -> octet <= ' '); // a byte order mark is negative, and so skipped too
        if (first >= 0) {
            begun = true;
            isObject = buffer.getByte(first) == '{';
            isWhole = isObject || "[<".indexOf(buffer.getByte(first)) >= 0;
        }
    }

    /**
     * Tells that there is no more.
     *
     * @return the data of the event that wasn't ended, if there is one; or of all events, where each was a line of JSON
     *     and nothing else
     */
    List<byte[]> finish() {
        List<byte[]> last = new ArrayList<>();
        if (isObject && hasObjectsInLines()) {
            isWhole = false;
            last.addAll(events.feed(Unpooled.wrappedBuffer(whole.array(), 0, whole.length())));
        }
        last.addAll(events.finish());
        return last;
    }

    /** Whether an object begins in the line after another one has ended, which happens nowhere within JSON. */
    private boolean hasObjectsInLines() {
        byte last = 0; // that isn't blank
        for (int i = 0; i < whole.length(); i++) {
            byte octet = whole.at(i);
            if (last == '}' && octet == '{' && whole.at(i - 1) == '\n') {
                return true;
            }
            last = octet >= 0 && octet <= ' ' ? last : octet;
        }
        return false;
    }

    /** All there was, null where it came as events. */
    @Nullable Bytes whole() {
        return isWhole ? whole : null;
    }
}
