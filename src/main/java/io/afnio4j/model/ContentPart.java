package io.afnio4j.model;

/** A piece of a message. */
public sealed interface ContentPart {

    /**
     * Words.
     *
     * @param text the words, sent as they are
     */
    record Text(String text) implements ContentPart {}
}
