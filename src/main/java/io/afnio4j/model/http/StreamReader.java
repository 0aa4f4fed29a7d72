package io.afnio4j.model.http;

import io.afnio4j.model.ChatChunk;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one streamed answer and judges at its end whether it was whole. {@link #isLast} may be asked
 * about events long before they are read; the other methods are called in the order of the stream, by one thread at a
 * time.
 */
public interface StreamReader {

    /**
     * Whether an event says that nothing follows: from then on it doesn't matter what becomes of the connection.
     *
     * @param event the event's data
     * @return false also where the protocol has no such event
     */
    boolean isLast(byte[] event);

    /**
     * Reads one event.
     *
     * @param event the event's data
     * @return its chunk, null where it says nothing of interest
     * @throws io.afnio4j.error.AfnioException where it can't be read, or says that something failed
     */
    @Nullable ChatChunk read(byte[] event);

    /**
     * Tells what is known only at the end, where the protocol has no event that is surely the last.
     *
     * @return the last chunk, null where all was told before
     */
    default @Nullable ChatChunk rest() {
        return null;
    }

    /**
     * Whether the protocol has an end that can't be mistaken. Where it has none, a connection that was cut may have had
     * more to bring, whatever came before.
     *
     * @return true, unless overridden
     */
    default boolean marksItsEnd() {
        return true;
    }

    /**
     * Judges the stream after its last event.
     *
     * @throws io.afnio4j.error.AfnioException where it wasn't whole
     */
    void requireWhole();
}
