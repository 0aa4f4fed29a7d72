package io.afnio4j.picture;

import org.jspecify.annotations.Nullable;

/**
 * What became of the nodes of one box.
 *
 * @param words a line or two, empty where nothing is known
 * @param fate the one that colours the box, null for none
 * @param fill a light colour as {@code #rrggbb}
 * @param tooltip all that can be said of the box, a line each
 */
record Outcome(String words, @Nullable Fate fate, String fill, String tooltip) {}
