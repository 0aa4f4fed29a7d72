package io.afnio4j.model.http;

import io.afnio4j.error.UnexpectedAnswerException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Bytes that grow as they arrive (most answers come in one buffer and are copied once), up to a limit beyond which the
 * answer is given up: the other side may send without end. They are copies, so nobody has to release anything later.
 */
final class Bytes {

    private static final byte[] NONE = {};

    private final String what;
    private final int limit;
    private byte[] array = NONE;
    private int length;

    /**
     * Makes an empty one.
     *
     * @param what what the bytes are, for the error message
     * @param limit how many there may be
     */
    Bytes(String what, int limit) {
        this.what = what;
        this.limit = limit;
    }

    /**
     * Gathers a whole body. Where it exceeds the limit the source is cancelled, which closes its connection.
     *
     * @param body the buffers, released by their source
     * @param limit how many bytes there may be
     * @return the body
     */
    static Mono<Bytes> gather(Flux<ByteBuf> body, int limit) {
        return body.reduceWith(() -> new Bytes("The answer", limit), (bytes, buffer) -> {
            bytes.append(buffer, buffer.readableBytes());
            return bytes;
        });
    }

    /** What holds the bytes; only the first {@link #length()} count. */
    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    boolean isEmpty() {
        return length == 0;
    }

    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (array[i] < 0 || array[i] > ' ') {
                return false;
            }
        }
        return true;
    }

    byte at(int index) {
        return array[index];
    }

    boolean startsWith(byte[] beginning, int from) {
        int to = from + beginning.length;
        return to <= length && Arrays.equals(array, from, to, beginning, 0, beginning.length);
    }

    void append(ByteBuf source, int count) {
        reserve(count);
        source.readBytes(array, length, count);
        length += count;
    }

    void append(byte[] source, int from, int count) {
        reserve(count);
        System.arraycopy(source, from, array, length, count);
        length += count;
    }

    byte[] copy() {
        return Arrays.copyOf(array, length);
    }

    void clear() {
        length = 0;
    }

    private void reserve(int count) {
        if (count > limit - length) {
            // The next one would be as long, so this is no case for a retry.
            throw UnexpectedAnswerException.unread(
                    what + " is longer than " + limit / 1024 + " KB, so it was given up and its connection closed.");
        }
        if (count > array.length - length) {
            array = Arrays.copyOf(
                    array, length == 0 ? count : Math.max(length + count, (int) Math.min(limit, 2L * array.length)));
        }
    }
}
