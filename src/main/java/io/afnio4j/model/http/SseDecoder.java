package io.afnio4j.model.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the data of server-sent events in the buffers of a body. It works on bytes and keeps what a buffer leaves
 * unfinished, so it doesn't matter where the network cuts: within a line, between CR and LF, or in the middle of a
 * character. One decoder serves one stream; it is used by one thread at a time.
 *
 * <p>As the standard says: lines end with CRLF, LF or CR; an empty line ends an event; lines that begin with a colon
 * are comments; several data lines make one text with line feeds between. Of other fields only the event's name is of
 * interest. Not as the standard says: data that stand at the end without an empty line are an event too, for servers
 * exist that forget the line; an event of nothing but blanks, or named {@code ping} and the like, is none, for servers
 * exist that keep a connection alive with them; and what an event named {@code error} says, or {@code error: {...}} as
 * llama.cpp once had it, comes as data that hold an {@code error}; JSON objects in lines of data that follow one
 * another are events of their own, for servers exist that forget the line between them; and a line that begins with a
 * brace is data, for servers exist that send their error so, or a JSON object in each line and nothing else.
 */
final class SseDecoder {

    private static final byte[] LINE_FEED = {'\n'};
    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] ERROR = {'e', 'r', 'r', 'o', 'r', ':'};
    private static final byte[] NAME = {'e', 'v', 'e', 'n', 't', ':'};

    /** Names of events that keep a connection alive; their data may be anything, such as the time of day. */
    private static final Set<String> SIGNS_OF_LIFE = Set.of("ping", "heartbeat", "keepalive", "keep-alive");

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Bytes line;
    private final Bytes data;
    private boolean firstLine = true;
    private boolean hasData;
    private String name = "";
    private boolean afterCarriageReturn;

    /**
     * Makes a decoder.
     *
     * @param limit the longest line, and the longest event, in bytes
     */
    SseDecoder(int limit) {
        this.line = new Bytes("A line of the stream", limit);
        this.data = new Bytes("An event of the stream", limit);
    }

    /**
     * Reads the next buffer to its end.
     *
     * @param buffer what came; it isn't needed any more when this returns
     * @return the data of the events that are complete with it
     */
    List<byte[]> feed(ByteBuf buffer) {
        List<byte[]> events = new ArrayList<>();
        int lineFeed = -1; // where the next one stands, for it may be far away and many CRs before it
        while (buffer.isReadable()) {
            if (afterCarriageReturn && buffer.getByte(buffer.readerIndex()) == '\n') {
                buffer.skipBytes(1);
            }
            afterCarriageReturn = false;
            int start = buffer.readerIndex();
            lineFeed = lineFeed < start ? find('\n', buffer, buffer.writerIndex()) : lineFeed;
            line.append(buffer, find('\r', buffer, lineFeed) - start);
            if (buffer.isReadable()) {
                afterCarriageReturn = buffer.readByte() == '\r';
                endLine(events);
            }
        }
        return events;
    }

    private static int find(char octet, ByteBuf buffer, int end) {
        int index = buffer.indexOf(buffer.readerIndex(), end, (byte) octet);
        return index < 0 ? end : index;
    }

    /**
     * Tells that the stream is over.
     *
     * @return the data of the event that wasn't ended, if there is one
     */
    List<byte[]> finish() {
        List<byte[]> events = new ArrayList<>();
        if (!line.isEmpty()) {
            endLine(events);
        }
        endEvent(events);
        return events;
    }

    private void endLine(List<byte[]> events) {
        int start = firstLine && line.startsWith(BYTE_ORDER_MARK, 0) ? BYTE_ORDER_MARK.length : 0;
        firstLine = false;
        if (line.length() == start) {
            endEvent(events);
        } else if (line.startsWith(DATA, start)) {
            readData(start + DATA.length, events);
        } else if (line.startsWith(ERROR, start)) {
            events.add(error(text(line, start + ERROR.length)));
        } else if (line.startsWith(NAME, start)) {
            name = text(line, start + NAME.length);
        } else if (line.at(start) == '{') {
            addData(start, events);
        }
        line.clear();
    }

    private void readData(int from, List<byte[]> events) {
        int value = from;
        if (value < line.length()) {
            if (line.at(value) != ':') {
                return; // another field, whose name only begins the same
            }
            value++;
        }
        if (value < line.length() && line.at(value) == ' ') {
            value++;
        }
        addData(value, events);
    }

    private void addData(int value, List<byte[]> events) {
        if (beginsAnew(value)) {
            endEvent(events);
        }
        if (hasData) {
            data.append(LINE_FEED, 0, 1);
        }
        data.append(line.array(), value, line.length() - value);
        hasData = true;
    }

    /**
     * Nowhere in JSON does a brace or a bracket follow the end of an object: where lines of data do so, the empty line
     * between two events is missing.
     */
    private boolean beginsAnew(int value) {
        return hasData
                && !data.isEmpty()
                && data.at(data.length() - 1) == '}'
                && value < line.length()
                && (line.at(value) == '{' || line.at(value) == '[');
    }

    private void endEvent(List<byte[]> events) {
        if (hasData && !data.isBlank() && !SIGNS_OF_LIFE.contains(name)) {
            events.add(name.equals("error") ? error(text(data, 0)) : data.copy());
        }
        data.clear();
        hasData = false;
        name = "";
    }

    private static String text(Bytes bytes, int from) {
        return new String(bytes.array(), from, bytes.length() - from, UTF_8).strip();
    }

    private static byte[] error(String told) {
        String json = told.startsWith("{") ? told : JsonMapper.shared().writeValueAsString(told);
        return ("{\"error\":" + json + "}").getBytes(UTF_8);
    }
}
